package main

import (
	"io"
	"os"

	"github.com/charmbracelet/x/term"
)

// terminalWidth is how many columns the output has: what the terminal says, or 0 for
// no limit.
func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 20 {
			return width
		}
	}
	return 0
}
