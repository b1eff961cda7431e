# Chinese: the words of what is written and drawn for others: summary, report, saved pictures.

report-weapon = 剑种
report-rule = 规则
report-lamps = 灯光
report-lamps-line = 左方{$left}，右方{$right}
report-touch = 击中
report-touch-at = {$at}秒（± {$ms}毫秒）
report-touch-none = 没有信号
report-margin = 领先
report-chances = 可能性
report-chances-line = 左方{$left}%，右方{$right}%，无得分{$none}%
report-seen = 观察
report-seen-line = 已分析{$received}帧中的{$analysed}帧；左方运动员出现在{$left}%，右方运动员出现在{$right}%
report-why = 理由
report-not-seen = 未观察到
report-care = 请谨慎
report-timeline = 双方的动作
report-pictures = 起决定作用的画面
report-phrase = 第{$n}次交锋
report-period = 第{$n}局
report-score = 此前比分 {$left} : {$right}
report-own-first = 在看到机器判决之前作出
report-blades-met = 剑身相碰
report-white-lamp = 白灯
report-lamp = 亮灯
report-span = {$what}，{$from}至{$to}秒
report-aid = 裁判的助手，并非裁判。
report-made-by = 由{$program}生成。

overlay-simultaneous = 同时
overlay-double = 互中
overlay-no-touch = 无得分
overlay-too-close = 难以判定
overlay-open = 未判定
overlay-box = 裁判器
