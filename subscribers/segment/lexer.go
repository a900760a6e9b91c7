package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a piece of the text.
type token struct {
	kind   tokenKind
	text   string // of a text what the quotes hold, of a word or a sign itself
	column int    // in characters, from 1
	width  int
}

type tokenKind int

const (
	end    tokenKind = iota
	word             // field, keyword, day, age, share
	quoted           // "text"
	sign             // = != < <= > >= ( ) , @
)

// signs are tried in this order: the longer before its beginning.
var signs = []string{"<=", ">=", "!=", "<>", "==", "=", "<", ">", "(", ")", ",", "@"}

// foreign are signs of other languages, and what is written here.
var foreign = map[rune]string{
	'&': `write "and"`, '|': `write "or"`, '!': `write "not"`, '*': "write the whole text: there are no patterns",
	'“': `use straight quotes: "`, '”': `use straight quotes: "`, '„': `use straight quotes: "`, '‘': "use straight quotes: '", '’': "use straight quotes: '",
	';': "write one expression", '~': "write the whole text: there are no patterns",
}

// cut cuts a text into its tokens, the last of which is the end.
func cut(text string) ([]token, *Error) {
	if err := plain(text); err != nil {
		return nil, err
	}
	var all []token
	column := 1
	for rest := text; rest != ""; {
		t, n, err := next(rest, column)
		if err != nil {
			return nil, err
		}
		if t.kind == quoted && address.MatchString(t.text) {
			return nil, &Error{Text: "this is an address", Fix: sealed, Column: t.column, Width: t.width}
		}
		if t.width > 0 {
			all = append(all, t)
		}
		column += utf8.RuneCountInString(rest[:n])
		rest = rest[n:]
	}
	return append(all, token{kind: end, column: column, width: 1}), nil
}

// plain refuses a text that is too long, or no plain line.
func plain(text string) *Error {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return &Error{Text: "the expression is too long", Fix: tooMuch, Column: MaxLength + 1, Width: 1}
	}
	column := 1
	for i, c := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		if c == utf8.RuneError && size == 1 {
			return &Error{Text: "this is not UTF-8", Fix: "save the text as UTF-8", Column: column, Width: 1}
		}
		if unicode.IsControl(c) && c != '\t' && c != '\n' && c != '\r' {
			return &Error{Text: "a control character stands here", Fix: "remove it", Column: column, Width: 1}
		}
		column++
	}
	return nil
}

// next is the token that a text begins with, and how many bytes it takes; a space has
// no width.
func next(rest string, column int) (token, int, *Error) {
	c, size := utf8.DecodeRuneInString(rest)
	switch {
	case unicode.IsSpace(c):
		return token{}, size, nil
	case c == '"' || c == '\'':
		return readQuoted(rest, column)
	case inWord(c):
		n := strings.IndexFunc(rest, func(c rune) bool { return !inWord(c) && c != '%' })
		if n < 0 {
			n = len(rest)
		}
		return token{word, rest[:n], column, utf8.RuneCountInString(rest[:n])}, n, nil
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return token{sign, s, column, len(s)}, len(s), nil
		}
	}
	err := &Error{Text: string(c) + " means nothing here", Fix: foreign[c], Column: column, Width: 1}
	if err.Fix == "" {
		err.Fix = "a text that holds it stands in quotes"
	}
	return token{}, 0, err
}

func inWord(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c) || c == '_' || c == '-' || c == '.' || c == '/'
}

// readQuoted reads a text in quotes of either kind; a backslash takes the character
// after it as it is.
func readQuoted(rest string, column int) (token, int, *Error) {
	mark := rest[0]
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			if i++; i < len(rest) {
				_, size := utf8.DecodeRuneInString(rest[i:])
				b.WriteString(rest[i : i+size])
				i += size - 1
			}
		case '\n', '\r':
			return token{}, 0, &Error{Text: "the line ends before the text does", Fix: "end it with " + string(mark), Column: column, Width: 1}
		case mark:
			return token{quoted, b.String(), column, utf8.RuneCountInString(rest[:i+1])}, i + 1, nil
		default:
			b.WriteByte(rest[i])
		}
	}
	return token{}, 0, &Error{Text: "this text does not end", Fix: "end it with " + string(mark), Column: column, Width: 1}
}
