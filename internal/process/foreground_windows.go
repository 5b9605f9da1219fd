package process

import "os"

// InForeground reports true: a console has no foreground group.
func InForeground(*os.File) bool { return true }
