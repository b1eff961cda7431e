# Chinese: the words of the library.

screen-library = 资料库
cmd-show-library = 转到资料库
