# German: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = Waffe
paper-rule = Regel
paper-lamps = Lampen
paper-lamps-line = links {$left}, rechts {$right}
paper-touch = Treffer
paper-touch-at = bei {$at} s (± {$ms} ms)
paper-touch-none = keiner gemeldet
paper-margin = Vorsprung
paper-chances = Chancen
paper-chances-line = links {$left} %, rechts {$right} %, kein Treffer {$none} %
paper-seen = Gesehen
paper-seen-line = {$analysed} von {$received} Bildern ausgewertet; linker Fechter in {$left} %, rechter Fechter in {$right} %
paper-why = Warum
paper-not-seen = Nicht gesehen
paper-care = Mit Vorsicht
paper-timeline = Was beide taten
paper-pictures = Die Bilder, die entscheiden
paper-phrase = Gang {$n}
paper-period = Abschnitt {$n}
paper-score = Stand davor {$left} : {$right}
paper-own-first = gegeben, bevor das Urteil der Maschine zu sehen war
paper-blades-met = Klingen treffen sich
paper-white-lamp = weiße Lampe
paper-lamp = Lampe
paper-span = {$what}, {$from} bis {$to} s
paper-aid = Eine Hilfe für den Kampfrichter, nicht der Kampfrichter.
paper-made-by = Erstellt mit {$program}.

overlay-simultaneous = GLEICHZEITIG
overlay-double = DOPPELTREFFER
overlay-no-touch = KEIN TREFFER
overlay-too-close = ZU KNAPP
overlay-open = OFFEN
overlay-box = ANLAGE
