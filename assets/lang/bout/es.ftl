# Spanish: the words of the bout.

screen-bout = Asalto
cmd-show-bout = Ir al asalto
