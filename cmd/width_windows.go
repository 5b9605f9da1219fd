package cmd

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalWidth returns the number of columns of a console, 80 if unknown.
func terminalWidth(f *os.File) int {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 80
	}
	return int(info.Window.Right-info.Window.Left) + 1
}
