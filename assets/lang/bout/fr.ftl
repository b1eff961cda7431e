# French: the words of the bout.

screen-bout = Match
cmd-show-bout = Aller au match
