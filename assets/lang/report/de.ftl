# German: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = Waffe
report-rule = Regel
report-lamps = Lampen
report-lamps-line = links {$left}, rechts {$right}
report-touch = Treffer
report-touch-at = bei {$at} s (± {$ms} ms)
report-touch-none = keiner gemeldet
report-margin = Vorsprung
report-chances = Chancen
report-chances-line = links {$left} %, rechts {$right} %, kein Treffer {$none} %
report-seen = Gesehen
report-seen-line = {$analysed} von {$received} Bildern ausgewertet; linker Fechter in {$left} %, rechter Fechter in {$right} %
report-why = Warum
report-not-seen = Nicht gesehen
report-care = Vorbehalte
report-timeline = Zeitverlauf
report-pictures = Entscheidende Momente
report-phrase = Gang {$n}
report-period = Abschnitt {$n}
report-score = Stand davor {$left} : {$right}
report-own-first = gegeben, bevor das Urteil der Maschine zu sehen war
report-blades-met = Klingen treffen sich
report-white-lamp = weiße Lampe
report-lamp = Lampe
report-span = {$what}, {$from} bis {$to} s
report-aid = Eine Hilfe für den Kampfrichter, nicht der Kampfrichter.
report-made-by = Erstellt mit {$program}.

overlay-simultaneous = GLEICHZEITIG
overlay-double = DOPPELTREFFER
overlay-no-touch = KEIN TREFFER
overlay-too-close = ZU KNAPP
overlay-open = OFFEN
overlay-box = ANLAGE
