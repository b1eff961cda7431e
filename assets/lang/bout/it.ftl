# Italian: the words of the bout.

screen-bout = Assalto
cmd-show-bout = Vai all’assalto
