# German: the words of the bout.

screen-bout = Gefecht
cmd-show-bout = Zum Gefecht
