package feed

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
	"github.com/pelletier/go-toml/v2"

	"github.com/broadsheet-news/broadsheet/digest/loose"
)

// matter is front matter as it is written, and what follows it.
type matter struct {
	text   string // begins with as many empty lines as stand before it in the file
	isTOML bool
	body   string
}

// split takes front matter and body apart. Its error begins with the line.
func split(text string) (m matter, err error) {
	lines := strings.SplitAfter(text, "\n")
	fence := strings.TrimRight(lines[0], " \t\n")
	switch {
	case fence == "---", fence == "+++":
	case strings.HasPrefix(text, "{"):
		return splitJSON(text)
	default:
		return m, errors.New("1: the story does not begin with front matter; " +
			"write a line of three dashes, \"title: ...\", and another line of dashes")
	}
	at := len(lines[0])
	for _, line := range lines[1:] {
		if end := strings.TrimRight(line, " \t\n"); end == fence || fence == "---" && end == "..." {
			// The opening fence becomes an empty line, so that the lines are the file's.
			return matter{text: "\n" + text[len(lines[0]):at], isTOML: fence == "+++", body: text[at+len(line):]}, nil
		}
		at += len(line)
	}
	return m, fmt.Errorf("%d: the front matter has no end; write a line of %s after it", len(lines),
		map[string]string{"---": "three dashes", "+++": "three plus signs"}[fence])
}

// splitJSON takes a JSON object off the beginning: up to the brace that closes its first.
func splitJSON(text string) (matter, error) {
	depth := 0
	for i, bracket := range loose.Brackets(text) {
		switch bracket {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return matter{text: strings.ReplaceAll(text[:i+1], "\t", "  "), body: text[i+1:]}, nil
			}
		}
	}
	return matter{}, fmt.Errorf("%d: the front matter has no end; close its brace", strings.Count(text, "\n")+1)
}

// lineOf finds a field's line in the file, or the front matter's first.
func (m matter) lineOf(field string) int {
	is := regexp.MustCompile(`(?i)^\s*"?` + regexp.QuoteMeta(field) + `"?\s*[:=]`)
	for i, line := range strings.Split(m.text, "\n") {
		if is.MatchString(line) {
			return i + 1
		}
	}
	return 1
}

// fields are the names that front matter may use.
var fields = func() (list []string) {
	t := reflect.TypeFor[front]()
	for i := range t.NumField() {
		list = append(list, t.Field(i).Tag.Get("yaml"))
	}
	return list
}()

// read reads the fields. An error begins with the line.
func (m matter) read() (f *front, err error) {
	defer func() { // the library panics on some bad input
		if r := recover(); r != nil {
			err = fmt.Errorf("1: the front matter cannot be read: %v", r)
		}
	}()
	f = &front{}
	if m.isTOML {
		return f, m.readTOML(f)
	}
	file, err := parser.ParseBytes([]byte(m.text), 0)
	if err != nil {
		return nil, yamlError(err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return f, nil
	}
	body := file.Docs[0].Body
	if mapping, ok := body.(*ast.MappingNode); ok {
		mapping.Values = slices.DeleteFunc(mapping.Values, func(v *ast.MappingValueNode) bool { return rename(v) })
		if len(mapping.Values) == 0 {
			return f, nil
		}
	} else if one, ok := body.(*ast.MappingValueNode); ok && rename(one) {
		return f, nil
	}
	if err := yaml.NodeToValue(body, f, yaml.Strict()); err != nil {
		return nil, yamlError(err)
	}
	return f, nil
}

// rename writes a field's name as we do, and tells whether it is for pages alone.
func rename(v *ast.MappingValueNode) (drop bool) {
	key, ok := v.Key.(*ast.StringNode)
	if !ok {
		return false
	}
	name := strings.ToLower(key.Value)
	if slices.Contains(fields, name) {
		key.Value = name
		key.Token.Value = name
		return false
	}
	return forPages[name]
}

// readTOML reads TOML field by field, so that an error knows its line.
func (m matter) readTOML(f *front) error {
	var values map[string]any
	if err := toml.Unmarshal([]byte(m.text), &values); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return fmt.Errorf("%d:%d: %s", line, column, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return fmt.Errorf("1: %w", err)
	}
	for name, value := range values {
		own := strings.ToLower(name)
		if forPages[own] {
			continue
		}
		text, err := yaml.Marshal(map[string]any{own: plainDates(value)})
		if err == nil {
			err = yaml.UnmarshalWithOptions(text, f, yaml.Strict())
		}
		if err != nil {
			return fmt.Errorf("%d: %s", m.lineOf(name), yamlWords(err))
		}
	}
	return nil
}

// plainDates writes TOML's dates as text.
func plainDates(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.Format(time.RFC3339)
	case toml.LocalDate:
		return v.String()
	case toml.LocalDateTime:
		return v.String()
	}
	return value
}

// yamlError says where the front matter is wrong: line:column.
func yamlError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil || at.GetToken().Position == nil {
		return fmt.Errorf("1: %s", strings.TrimSpace(err.Error()))
	}
	pos := at.GetToken().Position
	if line, column, on := goesOn(at); on {
		return fmt.Errorf("%d:%d: %s", line, column, strayWords)
	}
	return fmt.Errorf("%d:%d: %s", pos.Line, pos.Column, yamlWords(err))
}

// What the parser says of a colon in a text, and of what stands where nothing may.
const (
	inText = "mapping value is not allowed"
	astray = "value is not allowed in this context"
)

const strayWords = "this line is indented otherwise than those it stands beside, or the one above has no colon"

// goesOn tells whether a text took in a line that is too far in, and where that begins:
// the parser names the text.
func goesOn(err yaml.Error) (line, column int, on bool) {
	t := err.GetToken()
	text := strings.TrimSpace(t.Origin)
	lines := strings.Split(text, "\n")
	if !strings.Contains(err.GetMessage(), inText) || len(lines) == 1 {
		return 0, 0, false
	}
	last := lines[len(lines)-1]
	return t.Position.Line + len(lines) - 1, len(last) - len(strings.TrimLeft(last, " ")) + 1, true
}

// behindEnd says of what follows a quote or a bracket in its line that it ended too soon;
// empty: nothing did.
func behindEnd(t *yamltoken.Token) string {
	if t == nil || t.Prev == nil || t.Prev.Position.Line != t.Position.Line {
		return ""
	}
	switch t.Prev.Type {
	case yamltoken.SingleQuoteType:
		return "the quote ends before the text does; double each ' within it, or use the other kind around it"
	case yamltoken.DoubleQuoteType:
		return `the quote ends before the text does; write \" within it, or use the other kind around it`
	case yamltoken.SequenceEndType, yamltoken.MappingEndType:
		return "the bracket ends before the text does; put quotes around the whole text"
	}
	return ""
}

// yamlWords say what is wrong as somebody understands it who writes stories.
func yamlWords(err error) string {
	var at yaml.Error
	var kind *yaml.TypeError
	if errors.As(err, &kind) && kind.StructFieldName != nil {
		_, name, _ := strings.Cut(*kind.StructFieldName, ".")
		field, _ := reflect.TypeFor[front]().FieldByName(name)
		return fmt.Sprintf("%s: is %s, and has to be %s", field.Tag.Get("yaml"), kindWords(kind.SrcType), kindWords(kind.DstType))
	}
	if errors.As(err, &at) && strings.HasPrefix(at.GetMessage(), "unknown field") {
		return at.GetMessage() + "; take it out, or put it under \"params:\""
	}
	if errors.As(err, &at) {
		if words := behindEnd(at.GetToken()); words != "" && strings.Contains(at.GetMessage(), astray) {
			return words
		}
		return slipWords(at.GetMessage())
	}
	return strings.TrimSpace(err.Error())
}

// slipWords say what the YAML parser finds wrong, of the usual slips.
func slipWords(said string) string {
	for _, slip := range []struct{ of, words string }{
		{"sequence end token", `a "[" has no "]"`},
		{"',' or ']'", `a "[" has no "]"`},
		{"mapping end token", `a "{" has no "}"`},
		{"',' or '}'", `a "{" has no "}"`},
		{"could not find end character", "a quote has no second one"},
		{inText, `a text with ": " in it needs quotes around it`},
		{astray, strayWords},
		{"non-map value", `this line is no "key: value"`},
		{"reserved character", "a text that begins so needs quotes around it"},
	} {
		if strings.Contains(said, slip.of) {
			return slip.words
		}
	}
	return said
}

// kindWords say what a value of front matter is.
func kindWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "fields of its own"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		if t != reflect.TypeFor[figure]() {
			return "a text"
		}
	}
	return "a number"
}
