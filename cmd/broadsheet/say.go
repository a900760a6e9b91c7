package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// say prints a text, at a terminal folded between words. Of a line of a file as much is
// shown as has room beside the mistake in it.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, said(fmt.Sprintf(format, args...), terminalWidth(w)))
}

var (
	fileLine = lazyregexp.New(`^( *[0-9]+ [|] )(.*)$`)
	itsMark  = lazyregexp.New(`^( +[|] )( *)\^+$`)
	remedy   = lazyregexp.New(`^ +(= .*)$`)
)

// said is a text for so many columns; 0: no limit. What is indented stands as it is, but
// for a mistake in a file, its mark and its remedy.
func said(text string, width int) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		of, fix := fileLine.FindStringSubmatch(line), remedy.FindStringSubmatch(line)
		switch {
		case width == 0:
		case of != nil && i+1 < len(lines) && itsMark.MatchString(lines[i+1]) && runewidth.StringWidth(line) > width:
			line, lines[i+1] = excerpt(of[1], of[2], lines[i+1], width)
		case fix != nil:
			margin := strings.Repeat(" ", len(line)-len(fix[1]))
			line = margin + strings.ReplaceAll(wrap(fix[1], width-len(margin), len("= ")), "\n", "\n"+margin)
		case !strings.HasPrefix(line, " "):
			line = strings.Join(fold(line, width, width), "\n")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// tell prints prose on the output, at a terminal folded between words, each line under
// where it begins.
func (a *App) tell(format string, args ...any) {
	fmt.Fprint(a.Out, told(fmt.Sprintf(format, args...), terminalWidth(a.Out)))
}

func told(text string, width int) string {
	if width == 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if words := strings.TrimLeft(line, " "); runewidth.StringWidth(line) > width {
			line = strings.TrimSuffix(folded(words, len(line)-len(words), width), "\n")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// excerpt cuts a line of a file, behind its number, to the room that there is for it,
// with what is marked in it at the left at the latest.
func excerpt(number, line, mark string, width int) (shown, below string) {
	of := itsMark.FindStringSubmatch(mark)
	from, marked, room := len(of[2]), len(mark)-len(of[1])-len(of[2]), width-len(number)-2 // and an ellipsis at either end
	runes := []rune(line)
	start := 0
	if from+marked > room {
		start = max(0, min(from, len(runes)-room))
	}
	end := min(len(runes), start+room)
	shown, below = string(runes[start:end]), strings.Repeat(" ", from-start)+strings.Repeat("^", min(marked, max(1, end-from)))
	if start > 0 {
		shown, below = "…"+shown, " "+below
	}
	if end < len(runes) {
		shown += "…"
	}
	return number + shown, of[1] + below
}
