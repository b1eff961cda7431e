# Chinese: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = 回看
screen-settings = 设置

close = 关闭

on = 开

off = 关

cmd-show-review = 打开回看
cmd-show-settings = 打开设置
cmd-palette = 命令
cmd-help = 说明
cmd-replay-last = 回放上一次交锋
cmd-open = 打开视频
cmd-open-path = 输入视频路径
cmd-full-screen = 全屏
cmd-close-top = 关闭最上层窗口
cmd-setup = 设置剑道
setup-title = 设置剑道
setup-camera = 摄像机
setup-touches = 击中来源
setup-weapon = 剑种
setup-sound = 声音
setup-test = 试击
setup-test-how = 双方各击中一次。没有裁判器时，开始一个交锋并按 1 和 3。
setup-ready = 就绪
setup-missing = 尚未
setup-done = 完成
cmd-public-screen = 公共显示屏
public-screen = 公共显示屏
cmd-privacy = 隐藏画面
cmd-dismiss = 知道了
cmd-notices = 全部提示
cmd-play = 播放或停止
cmd-frame-back = 后退一帧
cmd-frame-forward = 前进一帧
cmd-half-second-back = 后退半秒
cmd-half-second-forward = 前进半秒
cmd-shuttle-back = 倒放
cmd-shuttle-stop = 停止
cmd-shuttle-forward = 正放
cmd-speed-100 = 正常速度
cmd-speed-50 = 一半速度
cmd-speed-25 = 四分之一速度
cmd-speed-10 = 十分之一速度
cmd-speed-5 = 二十分之一速度
cmd-to-start = 第一帧
cmd-to-end = 最后一帧
cmd-to-touch = 到击中处
cmd-replay-touch = 回放击中
cmd-previous-event = 上一个事件
cmd-next-event = 下一个事件
cmd-loop-start = 循环起点
cmd-loop-end = 循环终点
cmd-loop = 循环
cmd-loop-clear = 取消循环
cmd-zoom-in = 放大
cmd-zoom-out = 缩小
cmd-zoom-reset = 适应窗口
cmd-skeletons = 骨架
cmd-timeline = 时间线
cmd-verdict = 判定
cmd-compare = 与另一视频对比
cmd-compare-close = 关闭第二个视频
cmd-nudge-back = 第二个视频后退一帧
cmd-nudge-forward = 第二个视频前进一帧
cmd-draw-line = 画线
cmd-draw-angle = 画角
cmd-draw-arrow = 画箭头
cmd-draw-circle = 画圆
cmd-draw-text = 写文字
cmd-draw-stopwatch = 秒表
cmd-draw-magnifier = 放大镜
cmd-draw-undo = 撤销
cmd-draw-delete = 删除所选图形
cmd-draw-clear = 删除所有绘图
cmd-call-left = 我判：左
cmd-call-right = 我判：右
cmd-call-none = 我的判定：无或双方
cmd-repetition = 使用一次视频裁判
cmd-judge-again = 重新判定
cmd-judge-cancel = 停止判定
cmd-fencer-left = 指定左方运动员
cmd-fencer-right = 指定右方运动员
cmd-touch-left = 此处左方击中
cmd-touch-right = 此处右方击中
cmd-touch-both = 此处双方击中
cmd-export-clip = 保存视频
cmd-export-overlay = 保存带标注的视频
cmd-export-still = 保存此画面
cmd-export-json = 保存数据
cmd-export-report = 保存报告
cmd-export-cancel = 停止保存

help-title = 说明
guide-keys = 全部按键
guide-what-to-do = 说明
guide-search = 搜索
guide-none = 没有找到。
help-everywhere = 所有界面

notices-title = 提示
notices-none = 暂无提示。

palette-hint = 输入几个字，按回车。
palette-none = 没有这样的命令。
path-prompt = 输入视频路径，然后按回车
path-open = 打开
path-browse = 浏览

privacy-on = 画面已隐藏。按 F9 重新显示。

notice-no-repetition-left = 规则允许的四次回看已用完 (t.60)。
notice-nothing-chosen = 未选择视频，也可把文件拖进窗口。
notice-no-dialog = 此系统没有文件对话框。请在输入框中输入视频路径，或把文件拖到窗口上。
notice-dialog-open = 文件对话框已经打开，可能在本窗口后面。
notice-second-window = 本程序的另一个窗口正在使用相同的设置和比赛。请关闭其中一个：两边的改动会互相覆盖。
notice-no-phrase-yet = 还没有录制交锋。请在剑道界面开始录制。
notice-export-runs = 正在保存其他内容。请等待完成或停止它。
notice-export-cancelled = 已停止保存，没有留下任何文件。
notice-saved = 已保存
notice-clip-failed = 无法打开视频：
notice-judge-failed = 无法判定这次交锋：
notice-fencer-nobody = 此处没有找到人。请点击运动员身体中部，或转到另一帧。判定保持不变。
notice-fencer-already = 此人已作为该方运动员被跟踪。
notice-fencer-no-verdict = 判定完成后即可指定运动员。
notice-fencer-no-frame = 无法读取此帧。请转到另一帧。判定保持不变。
notice-fencer-failed = 无法跟踪该运动员；判定保持不变：
notice-nothing-saved = 未保存任何内容：
notice-panic-report = 程序出错停止。记录在此：
notice-welcome = 这是示范交锋。方向键逐帧，H 到击中处。把视频拖进窗口，或按 Ctrl+O。F2 是实时剑道。

drop-here = 松开即可打开
review-empty = 把视频拖到这里，或按 Ctrl+O
review-empty-hint = 同时拖入两个视频会并排显示。
review-blind = 请先判定：Ctrl+1 左，Ctrl+2 无或双方，Ctrl+3 右
review-failed = 无法分析本回合。按 Ctrl+J 重试；原因见右侧。
review-idle = 尚未判定，按 Ctrl+J 判定。

stage-models = 正在载入模型
stage-opening = 正在打开视频
stage-watching = 正在观察双方
stage-following = 正在跟踪运动员
stage-deciding = 正在判定

transport-start = 开头
transport-back = 后退
transport-play = 播放
transport-pause = 暂停
transport-forward = 前进
transport-end = 结尾
transport-loop-start = 起
transport-loop-end = 止
transport-touch = 击中


touch-by-hand = 未找到亮灯。请转到击中的画面并选择亮灯方。

own-call = 我的判定
own-left = 左
own-none = 均无
own-right = 右

opinion-referee = 裁判
opinion-machine = 机器

procedure = 视频裁判（最多四次）
appeals = 申诉

appeal-upheld = 成立（保留）
appeal-rejected = 不成立（用完）

exports = 保存
export-runs = 正在保存
export-loop-only = 视频将按循环区间裁剪。
picture = 画面
drawing = 在画面上绘图
draw-hint-line = 点击线的两端。
draw-hint-angle = 依次点击一端、顶点、另一端。
draw-hint-arrow = 先点尾部，再点箭头。
draw-hint-circle = 先点圆心，再点边缘。
draw-hint-text = 点击文字的位置，然后在此输入。
draw-hint-stopwatch = 点击秒表的位置。从此帧开始计时。
draw-hint-magnifier = 先点放大处的中心，再点边缘。
draw-text-hint = 文字
draw-clock = { $secs }秒 · { $frames }帧
draw-clock-start = 从此帧开始
draw-clock-stop = 到此帧停止
draw-on-clip = 整段视频
draw-on-frame = 仅此帧
draw-on-loop = 循环段
draw-length-of-line = 此线的长度（剑道长 14 米，宽 1.5 至 2 米）。仅适用于与摄像机相同距离处。
compare = 并排对比
compare-at-touch = 已按击中时刻对齐。
compare-at-start = 找到击中时刻前按开头对齐。

weapon-foil = 花剑
weapon-epee = 重剑
weapon-sabre = 佩剑
weapon-guessed = 未知剑种：按{ $weapon }判定。请在上方选择。

fencers = 人不对？请指定正确的运动员
fencer-hint-left = 点击左方运动员（Esc：取消）
fencer-hint-right = 点击右方运动员（Esc：取消）
fencer-lost-left = 左方运动员丢失
fencer-lost-right = 右方运动员丢失

lane-feet = 脚步
lane-arm = 手臂、剑身
lane-box = 灯
side-left-short = 左
side-right-short = 右
plot-distance = 距离
plot-speed = 速度

action-advance = 前进
action-retreat = 后退
action-pause = 停顿
action-lunge = 弓步
action-fleche = 冲刺
action-arm-extension = 伸臂
action-arm-withdrawal = 收臂
action-point-in-line = 直指
action-final-movement = 最后动作
action-parry = 防守
action-beat = 击打

settings-look = 外观
settings-language = 语言
settings-theme = 主题
settings-motion = 动画
motion-full = 短过渡
motion-reduced = 无

theme-dark = 深色
theme-light = 浅色
theme-contrast = 高对比

settings-text-size = 文字大小
settings-judge = 判定
settings-weapon = 新视频的剑种
settings-min-confidence = 低于此值判为难分
settings-accurate = 精确姿态模型（较慢）
settings-blind = 先由我判再看机器
settings-auto-replay = 录制后自动回放
settings-call-scores = 我的判定计入比分
settings-lens = 镜头
settings-lens-on = 校正镜头畸变
settings-lens-strength = 强度
settings-lens-balance = 裁切
settings-lens-check = 直线检查
settings-lens-check-hint = 将十字线对准场馆中笔直的边缘，在画面上拖动直到它变直。
settings-lens-no-picture = 打开视频或启动摄像机后即可检查镜头。
settings-folders = 文件夹
settings-results-folder = 保存位置
settings-results-beside = 视频旁边
settings-privacy = 隐私
settings-privacy-now = 隐藏画面
settings-privacy-note = 除非选择服务器，任何内容都不会离开本机。
settings-keys = 按键
settings-reset = 恢复默认值
settings-search = 查找设置
settings-page-piste = 剑道与裁判器
settings-page-camera = 摄像机与录制
settings-page-judge = 判定
settings-page-look = 外观与语言
settings-page-keys = 按键
settings-page-server = 服务器与高级
cmd-settings-next = 设置的下一页
cmd-settings-back = 设置的上一页
settings-none-found = 没有名称包含此内容的设置。
settings-search-end = 结束查找
settings-keys-hint = 单击快捷键，然后按新的按键。按 Esc 保持不变。
settings-key-waits = 请按键 …（Esc）
settings-key-none = 无
settings-key-clear = 无快捷键
settings-key-restore = 原快捷键
settings-key-swapped = “{ $command }”现在用 { $chord }，“{ $other }”改用 { $old }。
settings-key-taken = 未更改：{ $chord } 是“{ $other }”的快捷键，请先更改它。
settings-key-unknown = 未更改：{ $chord } 不能用作快捷键。请用字母、数字、F1 到 F12 或方向键。
settings-clash = 也是“{ $other }”的快捷键。
