# French: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = Arme
report-rule = Règle
report-lamps = Lampes
report-lamps-line = gauche {$left}, droite {$right}
report-touch = Touche
report-touch-at = à {$at} s (± {$ms} ms)
report-touch-none = aucune signalée
report-margin = Avance
report-chances = Chances
report-chances-line = gauche {$left} %, droite {$right} %, pas de touche {$none} %
report-seen = Vu
report-seen-line = {$analysed} images analysées sur {$received} ; tireur de gauche dans {$left} %, tireur de droite dans {$right} %
report-why = Pourquoi
report-not-seen = Pas vu
report-care = Réserves
report-timeline = Chronologie
report-pictures = Moments décisifs
report-phrase = Phrase {$n}
report-period = Période {$n}
report-score = Score avant {$left} : {$right}
report-own-first = donnée avant de voir celle de la machine
report-blades-met = contact des lames
report-white-lamp = lampe blanche
report-lamp = lampe
report-span = {$what}, de {$from} à {$to} s
report-aid = Une aide pour l’arbitre, pas l’arbitre.
report-made-by = Fait avec {$program}.

overlay-simultaneous = SIMULTANÉ
overlay-double = COUP DOUBLE
overlay-no-touch = PAS DE TOUCHE
overlay-too-close = TROP PROCHE
overlay-open = SANS DÉCISION
overlay-box = APPAREIL
