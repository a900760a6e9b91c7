package segment

import (
	"strconv"
	"strings"
)

// Print writes an expression as the text that Parse reads as the same one.
func Print(e Expr) string {
	var b strings.Builder
	write(&b, e)
	return b.String()
}

func write(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case And:
		writeAll(b, e, " and ")
	case Or:
		writeAll(b, e, " or ")
	case Not:
		writeNot(b, e)
	case Text:
		writeText(b, e, " = ", " in (")
	case Time:
		writeTime(b, e, string(e.Op))
	case Flag:
		b.WriteString(string(e.Field))
	case Sample:
		b.WriteString("sample " + percent(e.Share))
		if e.Name != "" {
			b.WriteString(" of " + quote(e.Name))
		}
	}
}

// writeAll joins the parts of an And or an Or. An And within an Or stands without
// parentheses: what is written is never deeper than what was read.
func writeAll(b *strings.Builder, parts []Expr, word string) {
	for i, p := range parts {
		if i > 0 {
			b.WriteString(word)
		}
		if and, is := p.(And); is {
			write(b, and)
		} else {
			writeOne(b, p)
		}
	}
}

func writeOne(b *strings.Builder, e Expr) {
	switch e.(type) {
	case And, Or:
		b.WriteByte('(')
		write(b, e)
		b.WriteByte(')')
	default:
		write(b, e)
	}
}

func writeNot(b *strings.Builder, e Not) {
	switch x := e.X.(type) {
	case Text:
		writeText(b, x, " != ", " not in (")
	case Time:
		if x.Op == Equal {
			writeTime(b, x, "!=")
			return
		}
		b.WriteString("not ")
		write(b, x)
	default:
		b.WriteString("not ")
		writeOne(b, x)
	}
}

func writeText(b *strings.Builder, e Text, one, many string) {
	b.WriteString(string(e.Field))
	if len(e.Values) == 1 {
		b.WriteString(one + quote(e.Values[0]))
		return
	}
	b.WriteString(many)
	for i, v := range e.Values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(v))
	}
	b.WriteByte(')')
}

func writeTime(b *strings.Builder, e Time, op string) {
	b.WriteString(string(e.Field) + " " + op + " ")
	if e.Day != "" {
		b.WriteString(e.Day)
		return
	}
	b.WriteString(strconv.Itoa(e.Ago.N) + string(e.Ago.Unit) + " ago")
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// percent writes a share in millionths.
func percent(share int64) string {
	whole, part := share/10_000, share%10_000
	if part == 0 {
		return strconv.FormatInt(whole, 10) + "%"
	}
	digits := strconv.FormatInt(10_000+part, 10)[1:]
	return strconv.FormatInt(whole, 10) + "." + strings.TrimRight(digits, "0") + "%"
}
