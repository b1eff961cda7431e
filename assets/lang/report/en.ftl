# English: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = Weapon
report-rule = Rule
report-lamps = Lamps
report-lamps-line = left {$left}, right {$right}
report-touch = Touch
report-touch-at = at {$at} s (± {$ms} ms)
report-touch-none = none signalled
report-margin = Margin
report-chances = Chances
report-chances-line = left {$left} %, right {$right} %, no touch {$none} %
report-seen = Seen
report-seen-line = {$analysed} of {$received} frames analysed; left fencer in {$left} %, right fencer in {$right} %
report-why = Why
report-not-seen = Not seen
report-care = Cautions
report-timeline = Timeline
report-pictures = Deciding moments
report-phrase = Phrase {$n}
report-period = Period {$n}
report-score = Score before {$left} : {$right}
report-own-first = called before the machine’s call was shown
report-blades-met = blades met
report-white-lamp = white lamp
report-lamp = lamp
report-span = {$what}, {$from} to {$to} s
report-aid = An aid to the referee, not the referee.
report-made-by = Made by {$program}.

overlay-simultaneous = SIMULTANEOUS
overlay-double = DOUBLE
overlay-no-touch = NO TOUCH
overlay-too-close = TOO CLOSE
overlay-open = NOT CALLED
overlay-box = BOX
