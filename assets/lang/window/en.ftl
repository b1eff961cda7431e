# English: the words of the window. Hints keep their shortcut out of the text where it can be changed.

screen-review = Review
screen-settings = Settings

close = Close

on = On

off = Off

cmd-show-review = Go to the review
cmd-show-settings = Go to the settings
cmd-palette = Commands
cmd-help = Help
cmd-replay-last = Replay the last phrase
cmd-open = Open a clip
cmd-open-path = Type the path of a clip
cmd-full-screen = Full screen
cmd-close-top = Close the topmost window
cmd-setup = Set up the piste
setup-title = Set up the piste
setup-camera = Camera
setup-touches = Touches
setup-weapon = Weapon
setup-sound = Sound
setup-test = Test touch
setup-test-how = Let each fencer touch once. Without a box, start a phrase and press 1 and 3.
setup-ready = ready
setup-missing = not yet
setup-done = Done
cmd-public-screen = Public screen
public-screen = Public screen
cmd-privacy = Blank the picture
cmd-dismiss = Dismiss
cmd-notices = All notices
cmd-play = Play or stop
cmd-frame-back = One frame back
cmd-frame-forward = One frame forward
cmd-half-second-back = Half a second back
cmd-half-second-forward = Half a second forward
cmd-shuttle-back = Play backward
cmd-shuttle-stop = Stop
cmd-shuttle-forward = Play forward
cmd-speed-100 = Full speed
cmd-speed-50 = Half speed
cmd-speed-25 = Quarter speed
cmd-speed-10 = A tenth of the speed
cmd-speed-5 = A twentieth of the speed
cmd-to-start = First frame
cmd-to-end = Last frame
cmd-to-touch = Go to the touch
cmd-replay-touch = Replay the touch
cmd-previous-event = Previous event
cmd-next-event = Next event
cmd-loop-start = Loop in
cmd-loop-end = Loop out
cmd-loop = Loop
cmd-loop-clear = Clear the loop
cmd-zoom-in = Zoom in
cmd-zoom-out = Zoom out
cmd-zoom-reset = Fit
cmd-skeletons = Skeletons
cmd-timeline = Timeline
cmd-verdict = Verdict
cmd-compare = Compare with another clip
cmd-compare-close = Close the second clip
cmd-nudge-back = Second clip one frame back
cmd-nudge-forward = Second clip one frame forward
cmd-draw-line = Draw a line
cmd-draw-angle = Draw an angle
cmd-draw-arrow = Draw an arrow
cmd-draw-circle = Draw a circle
cmd-draw-text = Write a text
cmd-draw-stopwatch = Stopwatch
cmd-draw-magnifier = Magnifier
cmd-draw-undo = Undo
cmd-draw-delete = Delete the selected drawing
cmd-draw-clear = Delete all drawings
cmd-call-left = My call: left
cmd-call-right = My call: right
cmd-call-none = My call: nobody or both
cmd-repetition = Use a video review
cmd-judge-again = Judge again
cmd-judge-cancel = Stop judging
cmd-fencer-left = Point out the left fencer
cmd-fencer-right = Point out the right fencer
cmd-touch-left = Left touched here
cmd-touch-right = Right touched here
cmd-touch-both = Both touched here
cmd-export-clip = Save the clip
cmd-export-overlay = Save clip with overlay
cmd-export-still = Save this picture
cmd-export-json = Save the data
cmd-export-report = Save a report
cmd-export-cancel = Stop saving

help-title = Help
guide-keys = All keys
guide-what-to-do = What to do
guide-search = Search the guides
guide-none = Nothing found.
help-everywhere = On every screen

notices-title = Notices
notices-none = Nothing has happened yet.

palette-hint = Type a few letters, then Enter.
palette-none = No command is called that.
path-prompt = Path of the clip, then Enter
path-open = Open
path-browse = Browse

privacy-on = BLANKED. F9 shows the picture again.

notice-no-repetition-left = The four video reviews that the rules allow are used (t.60).
notice-nothing-chosen = No clip was chosen. You can also drop a file on the window.
notice-no-dialog = This system has no file dialog. Type the path of a clip into the field, or drop the file on the window.
notice-dialog-open = A file dialog is open already. Look behind this window.
notice-second-window = Another window of this program uses the same settings and the same bout. Close one of them, or the later change overwrites the earlier one.
notice-no-phrase-yet = No phrase has been recorded yet. Start one on the piste.
notice-export-runs = Something else is being saved. Wait for it, or stop it.
notice-export-cancelled = Saving was stopped. No file was left behind.
notice-saved = Saved
notice-clip-failed = The clip cannot be opened:
notice-judge-failed = The phrase could not be judged:
notice-fencer-nobody = Nobody was found there. Click the middle of the fencer’s body, or go to another frame. The verdict stays as it was.
notice-fencer-already = This person is followed as that fencer already.
notice-fencer-no-verdict = A fencer can be pointed out once the phrase is judged.
notice-fencer-no-frame = This frame cannot be read. Go to another frame. The verdict stays as it was.
notice-fencer-failed = The fencer could not be followed; the verdict stays as it was:
notice-nothing-saved = Nothing was saved:
notice-panic-report = The program stopped because of a defect. A report for the developers is here:
notice-welcome = This is the demo phrase. Step with the arrow keys, jump to the touch with H. Drop your own clip on the window, or press Ctrl+O. F2 is the live piste.

drop-here = Drop to open
review-empty = Drop a clip here, or press Ctrl+O
review-empty-hint = Two clips together are shown side by side.
review-blind = Your call first: Ctrl+1 left, Ctrl+2 nobody or both, Ctrl+3 right
review-failed = This phrase could not be analysed. Ctrl+J tries again; the reason is on the right.
review-idle = Not judged. Ctrl+J judges it.

stage-models = Loading the models
stage-opening = Opening the clip
stage-watching = Watching the fencers
stage-following = Following the fencer
stage-deciding = Deciding

transport-start = Start
transport-back = Back
transport-play = Play
transport-pause = Pause
transport-forward = Forward
transport-end = End
transport-loop-start = In
transport-loop-end = Out
transport-touch = Touch


touch-by-hand = No light was found. Go to the frame of the touch and choose whose light it was.

own-call = My call
own-left = Left
own-none = Neither
own-right = Right

opinion-referee = Referee
opinion-machine = Machine

procedure = Video reviews (four at most)
appeals = Appeals

appeal-upheld = Granted (kept)
appeal-rejected = Denied (used)

exports = Save
export-runs = Saving
export-loop-only = Clips are cut to the loop.
picture = Picture
drawing = Draw on the picture
draw-hint-line = Click both ends of the line.
draw-hint-angle = Click an arm’s end, the corner, the other end.
draw-hint-arrow = Click the tail, then the tip.
draw-hint-circle = Click the middle, then the edge.
draw-hint-text = Click where the text stands, then type it here.
draw-hint-stopwatch = Click where the stopwatch stands. It runs from this frame on.
draw-hint-magnifier = Click the middle of what is to be enlarged, then the edge.
draw-text-hint = Text
draw-clock = { $secs } s · frames: { $frames }
draw-clock-start = Start at this frame
draw-clock-stop = Stop at this frame
draw-on-clip = Whole clip
draw-on-frame = This frame
draw-on-loop = Loop
draw-length-of-line = This line is … long (piste: 14 m, 1.5 to 2 m wide). Holds for this distance from the camera.
compare = Side by side
compare-at-touch = Aligned at the touch.
compare-at-start = Aligned at the start until the touch is found.

weapon-foil = Foil
weapon-epee = Épée
weapon-sabre = Sabre
weapon-guessed = Weapon not known: judged as { $weapon }. Choose it above.

fencers = Wrong fencer? Point out the right one
fencer-hint-left = Click the left fencer (Esc: none)
fencer-hint-right = Click the right fencer (Esc: none)
fencer-lost-left = Left fencer lost
fencer-lost-right = Right fencer lost

lane-feet = Feet
lane-arm = Arm, blade
lane-box = Lights
side-left-short = L
side-right-short = R
plot-distance = Distance
plot-speed = Speed

action-advance = advance
action-retreat = retreat
action-pause = stop
action-lunge = lunge
action-fleche = flèche
action-arm-extension = extension
action-arm-withdrawal = withdraws
action-point-in-line = in line
action-final-movement = final action
action-parry = parry
action-beat = beat

settings-look = Appearance
settings-language = Language
settings-theme = Theme
settings-motion = Animations
motion-full = Short transitions
motion-reduced = None

theme-dark = Dark
theme-light = Light
theme-contrast = High contrast

settings-text-size = Text size
settings-judge = Judging
settings-weapon = Weapon of new clips
settings-min-confidence = Call “too close” below
settings-accurate = Accurate pose model (slower)
settings-blind = My call before the machine’s
settings-auto-replay = Replay a recorded phrase automatically
settings-call-scores = My call changes the score
settings-lens = Lens
settings-lens-on = Correct lens distortion
settings-lens-strength = Amount
settings-lens-balance = Crop
settings-lens-check = Straight-line check
settings-lens-check-hint = Hold the cross against an edge that is straight in the hall; drag over the picture until it is straight here.
settings-lens-no-picture = Open a clip or start the camera to check the lens on its picture.
settings-folders = Folders
settings-results-folder = Save results
settings-results-beside = beside the clip
settings-privacy = Privacy
settings-privacy-now = Blank screen
settings-privacy-note = Nothing leaves this machine unless a server is chosen.
settings-keys = Keys
settings-reset = Restore defaults
settings-search = Find a setting
settings-page-piste = Piste & box
settings-page-camera = Camera & recording
settings-page-judge = Judge
settings-page-look = Look & language
settings-page-keys = Keys
settings-page-server = Server & advanced
cmd-settings-next = Next page of the settings
cmd-settings-back = Previous page of the settings
settings-none-found = No setting has this in its name.
settings-search-end = End the search
settings-keys-hint = Click a shortcut, then press the new keys. Escape leaves it as it is.
settings-key-waits = Press keys … (Esc)
settings-key-none = none
settings-key-clear = No shortcut
settings-key-restore = Shipped shortcut
settings-key-swapped = “{ $command }” has { $chord } now; “{ $other }” has { $old } in exchange.
settings-key-taken = Not changed: { $chord } is the shortcut of “{ $other }”. Give that another one first.
settings-key-unknown = Not changed: { $chord } cannot be a shortcut. Use a letter, a digit, F1 to F12 or an arrow.
settings-clash = Also the shortcut of “{ $other }”.
