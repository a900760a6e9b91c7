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
	"github.com/pelletier/go-toml/v2"

	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/internal/yamlslip"
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
		return nil, m.slip(err)
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
		return nil, fieldError(err)
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
			return fmt.Errorf("%d: %s", m.lineOf(name), fieldWords(err))
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

// slip is the mistake that the parser met, as people make it: line:column.
func (m matter) slip(err error) error {
	s, ok := yamlslip.Find(strings.Split(m.text, "\n"), err, nil)
	if !ok {
		return fmt.Errorf("1: %s", strings.TrimSpace(err.Error()))
	}
	return fmt.Errorf("%d:%d: %s; %s", s.Line, s.Column, s.Text, s.Fix)
}

// fieldError says where a field is of the wrong kind, or none: line:column.
func fieldError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil || at.GetToken().Position == nil {
		return fmt.Errorf("1: %s", strings.TrimSpace(err.Error()))
	}
	pos := at.GetToken().Position
	return fmt.Errorf("%d:%d: %s", pos.Line, pos.Column, fieldWords(err))
}

// fieldWords say what is wrong as somebody understands it who writes stories.
func fieldWords(err error) string {
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
		return at.GetMessage()
	}
	return strings.TrimSpace(err.Error())
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
