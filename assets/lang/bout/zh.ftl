# Chinese: the words of the bout.

screen-bout = 回合
cmd-show-bout = 转到回合
