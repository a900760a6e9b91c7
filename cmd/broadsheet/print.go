package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/mattn/go-runewidth"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// printJSON writes one value, indented, as the whole of a command's output.
func (a *App) printJSON(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(newsroom.WithLists(v))
}

// printLine writes one value as JSON on one line.
func (a *App) printLine(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(newsroom.WithLists(v))
}

// printTable writes rows under a head, aligned by display width. Columns whose head
// ends in "#" are numbers and stand to the right. At a terminal the last column, if it
// is text, is folded into what room there is.
func printTable(w io.Writer, head []string, rows [][]string) {
	fmt.Fprint(w, tableText(terminalWidth(w), head, rows))
}

// tableText is such a table, for so many columns; 0: no limit.
func tableText(width int, head []string, rows [][]string) string {
	right := make([]bool, len(head))
	names := make([]string, len(head))
	for i, h := range head {
		names[i], right[i] = strings.CutSuffix(h, "#")
	}
	widths := columnWidths(head, rows)
	last, room := len(head)-1, width
	for _, n := range widths[:last] {
		room -= n + len("  ")
	}
	switch {
	case width > 0 && room < widths[last] && (right[last] || room < leastText):
		return stacked(width, names, rows)
	case width == 0 || right[last]:
		room = 0
	}
	var text strings.Builder
	line := func(cells []string) {
		var b strings.Builder
		for i, cell := range cells {
			if i == last && room >= leastText {
				cell = strings.Join(fold(cell, room, room), "\n"+strings.Repeat(" ", runewidth.StringWidth(b.String())))
			}
			gap := strings.Repeat(" ", max(0, widths[i]-runewidth.StringWidth(cell)))
			if right[i] {
				b.WriteString(gap + cell)
			} else {
				b.WriteString(cell + gap)
			}
			b.WriteString("  ")
		}
		text.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
	line(names)
	for _, row := range rows {
		line(row)
	}
	return text.String()
}

// stacked sets a table that is wider than the terminal as a paragraph a row: its first
// cell, and below it the others behind the names of their columns; where these are long,
// the words go on below them.
func stacked(width int, names []string, rows [][]string) string {
	longest := 0
	for _, name := range names[1:] {
		longest = max(longest, runewidth.StringWidth(name))
	}
	margin := len("  ") + longest + len("  ")
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(folded(strings.TrimSpace(row[0]), 0, width))
		for i, cell := range row[1:] {
			switch cell = strings.TrimSpace(cell); {
			case cell == "" || cell == "-":
			case width-margin < leastText:
				b.WriteString("  " + strings.ReplaceAll(wrap(names[i+1]+": "+cell, width-2, 2), "\n", "\n  ") + "\n")
			default:
				b.WriteString(pad("  "+strings.TrimSpace(names[i+1]), margin) + strings.TrimLeft(folded(cell, margin, width), " "))
			}
		}
	}
	return b.String()
}

// leastText is how many columns are worth folding into.
const leastText = 16

// columnWidths are those of the widest cell of each column, without a mark "#".
func columnWidths(head []string, rows [][]string) []int {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(strings.TrimSuffix(cell, "#")))
		}
	}
	return widths
}

// fitsTerminal tells whether a table is no wider than the terminal, if it goes to one.
func fitsTerminal(w io.Writer, head []string, rows [][]string) bool {
	width, total := terminalWidth(w), -len("  ")
	for _, n := range columnWidths(head, rows) {
		total += n + len("  ")
	}
	return width == 0 || total <= width
}

// withoutZeros leaves out columns that say 0 of numbers, or "-", in every row, where the
// table is wider than the terminal. The sums stay right.
func withoutZeros(w io.Writer, head []string, rows [][]string) ([]string, [][]string) {
	if fitsTerminal(w, head, rows) {
		return head, rows
	}
	narrow := make([][]string, len(rows))
	var names []string
	for i, h := range head {
		says := func(row []string) bool { return row[i] != "-" && (row[i] != "0" || !strings.HasSuffix(h, "#")) }
		if !slices.ContainsFunc(rows, says) {
			continue
		}
		names = append(names, h)
		for j, row := range rows {
			narrow[j] = append(narrow[j], row[i])
		}
	}
	return names, narrow
}

// when prints an instant in its own zone, which the newsroom makes the newsletter's,
// and names the zone; "-" for none.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("Mon 2 Jan 2006 15:04 MST")
}

// isTerminal tells whether a person looks at (or types into) the stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// one chooses between the singular and the plural.
func one(n int64, single, many string) string {
	if n == 1 {
		return single
	}
	return many
}

// mark begins the line of something that was looked at, four columns wide.
func mark(ok, warn bool) string {
	switch {
	case !ok:
		return "BAD "
	case warn:
		return "mind"
	}
	return "ok  "
}
