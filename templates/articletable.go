package templates

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// table sets a table as a list, a row an item, each value behind the name of its
// column: a table of any width is legible on no phone. One that only arranges (its
// cells hold blocks, or it has one column) is taken apart.
func (w *articleWriter) table(n *html.Node) []passage {
	rows, arranges := rowsOf(n)
	var all []passage
	for caption := range n.ChildNodes() {
		if caption.DataAtom == atom.Caption {
			all = append(all, w.caption(caption)...)
		}
	}
	if arranges {
		for _, row := range rows {
			for _, cell := range row {
				all = append(all, w.blocks(cell)...)
			}
		}
		return all
	}
	var names []string
	if len(rows) > 1 && allHeads(rows[0]) {
		for _, cell := range rows[0] {
			names = append(names, strings.Join(strings.Fields(wordsOf(cell)), " "))
		}
		rows = rows[1:]
	}
	var p passage
	for _, row := range rows {
		run := w.newRun()
		for i, cell := range row {
			if strings.TrimSpace(wordsOf(cell)) == "" {
				continue
			}
			if run.text.Len() > 0 {
				run.space = false
				run.write("; ")
			}
			if i < len(names) && names[i] != "" {
				run.write(names[i] + ": ")
			}
			run.inline(cell)
		}
		if run.words() == "" {
			continue
		}
		p.html += "<li>" + run.html.String() + "</li>\n"
		p.lines = append(p.lines, prefixed([]passage{{lines: run.textLines()}}, "- ", "  ")...)
	}
	if p.html != "" {
		p.html = `<ul style="` + string(w.css["ul"]) + `">` + "\n" + p.html + "</ul>\n"
		all = append(all, p)
	}
	return all
}

// rowsOf lists the cells of a table's rows, and tells whether it only arranges. The
// rows of a table within it are that one's.
func rowsOf(table *html.Node) (rows [][]*html.Node, arranges bool) {
	widest := 0
	var walk func(*html.Node)
	walk = func(parent *html.Node) {
		for n := range parent.ChildNodes() {
			switch n.DataAtom {
			case atom.Tr:
				var row []*html.Node
				for cell := range n.ChildNodes() {
					if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th {
						continue
					}
					row = append(row, cell)
					for inner := range cell.Descendants() {
						arranges = arranges || isBlock(inner) && inner.DataAtom != atom.P && inner.DataAtom != atom.Div || inner.DataAtom == atom.Img
					}
				}
				widest = max(widest, len(row))
				rows = append(rows, row)
			case atom.Thead, atom.Tbody, atom.Tfoot:
				walk(n)
			}
		}
	}
	walk(table)
	return rows, arranges || widest < 2
}

func allHeads(row []*html.Node) bool {
	for _, cell := range row {
		if cell.DataAtom != atom.Th {
			return false
		}
	}
	return len(row) > 1
}
