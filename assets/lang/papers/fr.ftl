# French: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = Arme
paper-rule = Règle
paper-lamps = Lampes
paper-lamps-line = gauche {$left}, droite {$right}
paper-touch = Touche
paper-touch-at = à {$at} s (± {$ms} ms)
paper-touch-none = aucune signalée
paper-margin = Avance
paper-chances = Chances
paper-chances-line = gauche {$left} %, droite {$right} %, pas de touche {$none} %
paper-seen = Vu
paper-seen-line = {$analysed} images analysées sur {$received} ; tireur de gauche dans {$left} %, tireur de droite dans {$right} %
paper-why = Pourquoi
paper-not-seen = Pas vu
paper-care = À prendre avec prudence
paper-timeline = Ce que les deux ont fait
paper-pictures = Les images qui décident
paper-phrase = Phrase {$n}
paper-period = Période {$n}
paper-score = Score avant {$left} : {$right}
paper-own-first = donnée avant de voir celle de la machine
paper-blades-met = contact des lames
paper-white-lamp = lampe blanche
paper-lamp = lampe
paper-span = {$what}, de {$from} à {$to} s
paper-aid = Une aide pour l’arbitre, pas l’arbitre.
paper-made-by = Fait avec {$program}.

overlay-simultaneous = SIMULTANÉ
overlay-double = COUP DOUBLE
overlay-no-touch = PAS DE TOUCHE
overlay-too-close = TROP PROCHE
overlay-open = SANS DÉCISION
overlay-box = APPAREIL
