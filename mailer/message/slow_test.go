package message

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// slow builds the message of one reader the straightforward way: it fills the
// fields in the text first, then encodes everything afresh. It shares with the
// package only the rules of layout, and none of its code.
func slow(t Template, r Reader) string {
	var b strings.Builder
	b.WriteString(slowHeader(t, r))
	if t.HTML == "" {
		b.WriteString("Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n")
		return b.String() + slowPart(t, r, strings.TrimSuffix(t.Text, "\n")+"\n", false)
	}
	sum := sha256.Sum256([]byte(t.Text + "\x00" + t.HTML))
	boundary := fmt.Sprintf("=_%x", sum[:12])
	fmt.Fprintf(&b, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary)
	inner := fmt.Sprintf("=_%x", sum[12:24])
	for _, p := range []struct{ kind, content string }{{"plain", t.Text}, {"html", t.HTML}} {
		within := boundary
		if p.kind == "html" && len(t.Inline) > 0 {
			within = inner
			fmt.Fprintf(&b, "--%s\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"%s\"\r\n\r\n", boundary, inner)
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/%s; charset=UTF-8\r\n\r\n%s\r\n",
			within, p.kind, slowPart(t, r, p.content, p.kind == "html"))
	}
	for i, p := range t.Inline {
		kind := strings.TrimPrefix(p.Type, "image/")
		fmt.Fprintf(&b, "--%s\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/%s\r\nContent-ID: <%s>\r\nContent-Disposition: inline; filename=\"%d.%s\"\r\n\r\n",
			inner, kind, p.ID, i+1, kind)
		for coded := base64.StdEncoding.EncodeToString(p.Bytes); coded != ""; {
			line := coded[:min(76, len(coded))]
			b.WriteString(line + "\r\n")
			coded = coded[len(line):]
		}
	}
	if len(t.Inline) > 0 {
		fmt.Fprintf(&b, "--%s--\r\n\r\n", inner)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.String()
}

func slowHeader(t Template, r Reader) string {
	var h []string
	add := func(name, value string) { h = append(h, name+":"+value) }
	add("Date", " "+t.Date.Format(time.RFC1123Z))
	add("From", slowNamed("From:", t.From.Name, t.From.Address))
	if t.ReplyTo.Address != "" {
		add("Reply-To", slowNamed("Reply-To:", t.ReplyTo.Name, t.ReplyTo.Address))
	}
	add("To", slowNamed("To:", r.Name, r.Address))
	add("Message-ID", slowAtom("Message-ID:", "<"+r.MessageID+"@"+t.MessageIDDomain+">"))
	add("Subject", " "+slowText("Subject: ", t.Subject))
	if t.Kind == KindList {
		fill := func(s string) string { return strings.ReplaceAll(s, t.Markers.Of(FieldUnsubscribe), r.Unsubscribe) }
		add("List-Id", slowNamed("List-Id:", t.ListID.Phrase, "<"+t.ListID.ID+">"))
		list := strings.TrimSuffix(slowAtom("List-Unsubscribe:", "<"+fill(t.UnsubscribeURL)+">,"), ",")
		if t.UnsubscribeMailto != "" {
			list += ",\r\n <" + fill(t.UnsubscribeMailto) + ">"
		}
		add("List-Unsubscribe", list)
		add("List-Unsubscribe-Post", " List-Unsubscribe=One-Click")
		for _, u := range [][2]string{{"List-Archive", t.ArchiveURL}, {"List-Help", t.HelpURL}} {
			if u[1] != "" {
				add(u[0], strings.TrimSuffix(slowAtom(u[0]+":", "<"+u[1]+">,"), ","))
			}
		}
		add("List-Post", " NO")
		if t.FeedbackID != "" {
			add("Feedback-ID", slowAtom("Feedback-ID:", t.FeedbackID))
		}
	}
	if t.AutoSubmitted != "" {
		add("Auto-Submitted", " "+t.AutoSubmitted)
	}
	for _, x := range t.Headers {
		add(x.Name, " "+slowText(x.Name+": ", x.Value))
	}
	return strings.Join(append(h, "MIME-Version: 1.0"), "\r\n") + "\r\n"
}

// slowAtom puts what cannot be folded after a space or on a line of its own.
func slowAtom(name, atom string) string {
	if len(name+" "+atom) > 78 {
		return "\r\n " + atom
	}
	return " " + atom
}

var (
	slowAtoms  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	slowASCII  = regexp.MustCompile(`^[ -~]*$`)
	slowSingle = regexp.MustCompile(`^[^ ]+( [^ ]+)*$`)
)

func slowNamed(field, name, address string) string {
	if name == "" {
		return slowAtom(field, address)
	}
	address = "<" + strings.Trim(address, "<>") + ">"
	start := field + " "
	quoted := `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(name) + `"`
	var phrase string
	if folded, ok := slowFold(start, name); ok && slowAtoms.MatchString(name) {
		phrase = folded
	} else if slowASCII.MatchString(name) && !strings.Contains(name, "=?") && len(start+quoted) <= 78 && strings.Trim(name, " ") == name {
		phrase = quoted
	} else {
		phrase = slowWords(start, name)
	}
	lines := strings.Split(start+phrase, "\r\n")
	if len(lines[len(lines)-1]+" "+address) > 76 {
		return " " + phrase + "\r\n " + address
	}
	return " " + phrase + " " + address
}

func slowText(start, text string) string {
	if folded, ok := slowFold(start, text); ok {
		return folded
	}
	return slowWords(start, text)
}

// slowFold fills lines of 78 with words; it fails where a word is wider or would
// read back otherwise.
func slowFold(start, text string) (string, bool) {
	if !slowASCII.MatchString(text) || !slowSingle.MatchString(text) || strings.Contains(text, "=?") {
		return "", false
	}
	lines := []string{start}
	for i, word := range strings.Split(text, " ") {
		last := &lines[len(lines)-1]
		switch {
		case i == 0:
			*last += word
		case len(*last+" "+word) <= 78:
			*last += " " + word
		default:
			lines = append(lines, " "+word)
		}
		if len(lines[len(lines)-1]) > 78 {
			return "", false
		}
	}
	return strings.TrimPrefix(strings.Join(lines, "\r\n"), start), true
}

// slowWords tries ever longer runs of characters until an encoded word is full.
func slowWords(start, text string) string {
	encode := slowB
	if len(slowQ(text)) < len(slowB(text)) {
		encode = slowQ
	}
	out, line := "", start
	chars := strings.Split(text, "")
	for len(chars) > 0 {
		sep := ""
		if line != start && !strings.HasSuffix(line, " ") {
			sep = " "
		}
		if 76-len(line)-1 < 24 {
			out += "\r\n "
			line, sep = " ", ""
		}
		n := 1
		for n < len(chars) && len(encode(strings.Join(chars[:n+1], ""))) <= min(75, 76-len(line+sep)) {
			n++
		}
		word := sep + encode(strings.Join(chars[:n], ""))
		out += word
		line += word
		chars = chars[n:]
	}
	return out
}

func slowB(s string) string {
	return "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

func slowQ(s string) string {
	var b strings.Builder
	b.WriteString("=?UTF-8?Q?")
	for _, c := range []byte(s) {
		switch {
		case strings.IndexByte("!*+-/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('_')
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String() + "?="
}

// slowPart fills the fields between NULs, which no text holds, and encodes line by
// line, piece by piece.
func slowPart(t Template, r Reader, content string, isHTML bool) string {
	name := r.Name
	if name == "" {
		name = t.Anonymous
	}
	for f, v := range map[Field]string{
		FieldAddress: r.Address, FieldName: name, FieldMessageID: r.MessageID,
		FieldUnsubscribe: r.Unsubscribe, FieldPreferences: r.Preferences, FieldGreeting: r.Greeting,
	} {
		content = strings.ReplaceAll(content, t.Markers.Of(f), "\x00"+v+"\x00")
	}
	content = strings.ReplaceAll(content, "\r\n", "\n")
	var out []string
	for _, line := range strings.Split(content, "\n") {
		var laid []string
		pieces := strings.Split(line, "\x00")
		for i, piece := range pieces {
			value := i%2 == 1
			if value || piece != "" {
				laid = append(laid, slowPiece(piece, value && isHTML, value || i == len(pieces)-1))
			}
		}
		out = append(out, strings.Join(laid, "=\r\n"))
	}
	return strings.Join(out, "\r\n")
}

// slowPiece encodes a piece on lines of 75 octets and an "=". Space or tab at the
// end of a line's last piece is encoded.
func slowPiece(piece string, escape, ends bool) string {
	rows := []string{""}
	for i, c := range piece {
		unit := string(c)
		switch trailing := ends && i+1 == len(piece) && (c == ' ' || c == '\t'); {
		case escape && html.EscapeString(unit) != unit:
			unit = html.EscapeString(unit)
		case c == '=' || c >= utf8.RuneSelf || trailing:
			unit = ""
			for _, octet := range []byte(string(c)) {
				unit += fmt.Sprintf("=%02X", octet)
			}
		}
		last := &rows[len(rows)-1]
		if *last != "" && len(*last+unit) > 75 {
			rows = append(rows, "")
			last = &rows[len(rows)-1]
		}
		if *last == "" && (c == '.' || strings.HasPrefix(piece[i:], "From ") && !(ends && piece[i:] == "From ")) {
			unit = fmt.Sprintf("=%02X", c)
		}
		*last += unit
	}
	return strings.Join(rows, "=\r\n")
}
