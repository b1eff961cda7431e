# English: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = Weapon
paper-rule = Rule
paper-lamps = Lamps
paper-lamps-line = left {$left}, right {$right}
paper-touch = Touch
paper-touch-at = at {$at} s (± {$ms} ms)
paper-touch-none = none signalled
paper-margin = Margin
paper-chances = Chances
paper-chances-line = left {$left} %, right {$right} %, no touch {$none} %
paper-seen = Seen
paper-seen-line = {$analysed} of {$received} frames analysed; left fencer in {$left} %, right fencer in {$right} %
paper-why = Why
paper-not-seen = Not seen
paper-care = With care
paper-timeline = What both did
paper-pictures = The pictures that decide
paper-phrase = Phrase {$n}
paper-period = Period {$n}
paper-score = Score before it {$left} : {$right}
paper-own-first = called before the machine’s call was shown
paper-blades-met = blades met
paper-white-lamp = white lamp
paper-lamp = lamp
paper-span = {$what}, {$from} to {$to} s
paper-aid = An aid to the referee, not the referee.
paper-made-by = Made by {$program}.

overlay-simultaneous = SIMULTANEOUS
overlay-double = DOUBLE
overlay-no-touch = NO TOUCH
overlay-too-close = TOO CLOSE
overlay-open = NOT CALLED
overlay-box = BOX
