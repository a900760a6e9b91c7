package templates

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// textOf writes a Markdown tree as plain text, as people write it in mail: lists
// with dashes, quotations with "> ", links in angle brackets after their words.
func textOf(doc ast.Node, src []byte) string {
	var b strings.Builder
	writeBlocks(&b, doc, src, "", "")
	return b.String()
}

// writeBlocks writes the children of a node. The first line begins with first,
// the others with rest.
func writeBlocks(b *strings.Builder, parent ast.Node, src []byte, first, rest string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			writeList(b, n, src, first, rest)
		case *ast.Blockquote:
			writeBlocks(b, n, src, first+"> ", rest+"> ")
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				indent, words := indented(string(line.Value(src)))
				margin := rest + strings.Repeat(" ", 4+min(indent, 20))
				b.WriteString(wrapText(clean(words, lineRunes), margin, margin) + "\n")
			}
			b.WriteString("\n")
		default:
			if s := clean(inlineText(n, src), 1<<16); s != "" {
				b.WriteString(wrapText(s, first, rest) + "\n")
				if n.Kind() != ast.KindTextBlock { // a text block is an item of a tight list
					b.WriteString("\n")
				}
			}
		}
		first = rest
	}
}

func writeList(b *strings.Builder, l *ast.List, src []byte, first, rest string) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		var inner strings.Builder
		writeBlocks(&inner, item, src, first+mark, rest+strings.Repeat(" ", len(mark)))
		b.WriteString(strings.TrimRight(inner.String(), "\n") + "\n")
		first = rest
	}
	b.WriteString("\n")
}

// inlineText is the words of a node.
func inlineText(parent ast.Node, src []byte) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			words := n.Value(src)
			if !n.IsRaw() { // "\*" is a star (CommonMark 2.4), but in code
				words = util.UnescapePunctuations(words)
			}
			b.Write(words)
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.Link:
			words, to := strings.TrimSpace(inlineText(n, src)), string(n.Destination)
			if words == "" || words == strings.TrimPrefix(to, "mailto:") {
				b.WriteString("<" + to + ">")
				continue
			}
			b.WriteString(words + " <" + to + ">")
		default:
			b.WriteString(inlineText(n, src))
		}
	}
	return b.String()
}
