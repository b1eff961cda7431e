; Installer for one user: no administrator is asked. Made by .packaging/windows, which gives VERSION, FOLDER and OUTPUT.
Unicode true
!include "MUI2.nsh"
!include "FileFunc.nsh"

!define NAME "Fencing Referee"
!define KEY "fencing-referee"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${KEY}"
!define PROGID "FencingReferee.Clip"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${KEY}" "Folder"
RequestExecutionLevel user
SetCompressor /SOLID lzma
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "the fencing-referee authors"

!define MUI_ICON "${FOLDER}/referee.ico"
!define MUI_UNICON "${FOLDER}/referee.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\referee-window.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Open ${NAME} now"
; Three clicks: Install, Finish, and the one on the downloaded file. The folder can be given as /D=C:\folder.
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Italian"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "SimpChinese"

; "Open with" for one kind of clip; the kind's usual program stays what it is.
!macro OfferFor EXTENSION
  WriteRegStr HKCU "Software\Classes\.${EXTENSION}\OpenWithProgids" "${PROGID}" ""
!macroend
!macro WithdrawFor EXTENSION
  DeleteRegValue HKCU "Software\Classes\.${EXTENSION}\OpenWithProgids" "${PROGID}"
!macroend

Section "Install"
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\referee-window.exe" "" "$INSTDIR\referee.ico"
  WriteRegStr HKCU "Software\${KEY}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "Software\Classes\${PROGID}" "" "Fencing clip"
  WriteRegStr HKCU "Software\Classes\${PROGID}\DefaultIcon" "" "$INSTDIR\referee.ico"
  WriteRegStr HKCU "Software\Classes\${PROGID}\shell\open\command" "" '"$INSTDIR\referee-window.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\Applications\referee-window.exe" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "Software\Classes\Applications\referee-window.exe\shell\open\command" "" '"$INSTDIR\referee-window.exe" "%1"'
  !insertmacro OfferFor "mp4"
  !insertmacro OfferFor "mov"
  !insertmacro OfferFor "mkv"
  !insertmacro OfferFor "avi"
  !insertmacro OfferFor "webm"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\referee.ico"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "the fencing-referee authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

; Only what was installed goes. Recordings (Videos), settings and panic reports (%LOCALAPPDATA%\fencing-referee) stay, and so does
; whatever somebody put into the folder, such as ffmpeg.exe or phrases.
Section "Uninstall"
  Delete "$INSTDIR\referee.exe"
  Delete "$INSTDIR\referee-window.exe"
  Delete "$INSTDIR\onnxruntime.dll"
  Delete "$INSTDIR\referee.ico"
  Delete "$INSTDIR\README.md"
  Delete "$INSTDIR\CHANGELOG.md"
  Delete "$INSTDIR\START-HERE.txt"
  Delete "$INSTDIR\uninstall.exe"
  Delete "$INSTDIR\models\*.onnx"
  Delete "$INSTDIR\models\manifest.toml"
  Delete "$INSTDIR\models\NOTICE"
  Delete "$INSTDIR\models\README.md"
  RMDir "$INSTDIR\models"
  Delete "$INSTDIR\assets\demo\demo-phrase.*"
  RMDir "$INSTDIR\assets\demo"
  Delete "$INSTDIR\assets\guide\*.*"
  RMDir "$INSTDIR\assets\guide"
  Delete "$INSTDIR\assets\review.png"
  RMDir "$INSTDIR\assets"
  Delete "$INSTDIR\licences\*.txt"
  RMDir "$INSTDIR\licences"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  !insertmacro WithdrawFor "mp4"
  !insertmacro WithdrawFor "mov"
  !insertmacro WithdrawFor "mkv"
  !insertmacro WithdrawFor "avi"
  !insertmacro WithdrawFor "webm"
  DeleteRegKey HKCU "Software\Classes\${PROGID}"
  DeleteRegKey HKCU "Software\Classes\Applications\referee-window.exe"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${KEY}"
SectionEnd
