# Chinese: the words of the live screen.

screen-piste = 剑道
cmd-show-piste = 转到剑道
