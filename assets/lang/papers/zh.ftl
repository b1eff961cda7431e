# Chinese: the words of what is written and drawn for others: summary, report, saved pictures.

paper-weapon = 剑种
paper-rule = 规则
paper-lamps = 灯光
paper-lamps-line = 左方{$left}，右方{$right}
paper-touch = 击中
paper-touch-at = {$at}秒（± {$ms}毫秒）
paper-touch-none = 没有信号
paper-margin = 领先
paper-chances = 可能性
paper-chances-line = 左方{$left}%，右方{$right}%，无得分{$none}%
paper-seen = 观察
paper-seen-line = 已分析{$received}帧中的{$analysed}帧；左方运动员出现在{$left}%，右方运动员出现在{$right}%
paper-why = 理由
paper-not-seen = 未观察到
paper-care = 请谨慎
paper-timeline = 双方的动作
paper-pictures = 起决定作用的画面
paper-phrase = 第{$n}次交锋
paper-period = 第{$n}局
paper-score = 此前比分 {$left} : {$right}
paper-own-first = 在看到机器判决之前作出
paper-blades-met = 剑身相碰
paper-white-lamp = 白灯
paper-lamp = 亮灯
paper-span = {$what}，{$from}至{$to}秒
paper-aid = 裁判的助手，并非裁判。
paper-made-by = 由{$program}生成。

overlay-simultaneous = 同时
overlay-double = 互中
overlay-no-touch = 无得分
overlay-too-close = 难以判定
overlay-open = 未判定
overlay-box = 裁判器
