# English: the words of the bout.

screen-bout = Bout
cmd-show-bout = Go to the bout
