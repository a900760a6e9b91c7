// Package loose reads JSON that others wrote as it is, not as it should be: a value of
// another type than the wanted one is absent, and costs nothing else. Content systems
// and their plug-ins write false for no picture, [] for no object, one author where
// there may be several, and a number for a text. [Mend] makes JSON of what is not quite it.
package loose

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strings"
)

// Read reads data into v as far as it fits, and tells whether it is JSON at all.
func Read(data []byte, v any) bool {
	err := json.Unmarshal(data, v)
	var misfit *json.UnmarshalTypeError
	return err == nil || errors.As(err, &misfit)
}

// Deep tells of JSON with more lists and objects within one another than most. Each level
// that has a type of its own here is read anew, so that what others nest has to be bounded.
func Deep(data []byte, most int) bool {
	depth := 0
	for _, bracket := range Brackets(data) {
		if bracket == '}' || bracket == ']' {
			depth--
		} else if depth++; depth > most {
			return true
		}
	}
	return false
}

// Brackets are the places of the brackets and braces of JSON, but for those in its strings.
func Brackets[T string | []byte](data T) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		inString := false
		for i := 0; i < len(data); i++ {
			switch c := data[i]; {
			case inString && c == '\\':
				i++
			case c == '"':
				inString = !inString
			case inString:
			case c == '{' || c == '[' || c == '}' || c == ']':
				if !yield(i, c) {
					return
				}
			}
		}
	}
}

// Text is a text, a number, or the "rendered" (WordPress), "@value" (JSON-LD), "name"
// or "@id" of an object; empty where there is none of them.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case data[0] == '"':
		var s string
		if json.Unmarshal(data, &s) == nil {
			*t = Text(s)
		}
	case data[0] == '-' || data[0] >= '0' && data[0] <= '9':
		*t = Text(data)
	case data[0] == '{':
		var object struct {
			Rendered Plain `json:"rendered"`
			Value    Plain `json:"@value"`
			Name     Plain `json:"name"`
			ID       Plain `json:"@id"`
		}
		if Read(data, &object) {
			for _, s := range []Plain{object.Rendered, object.Value, object.Name, object.ID} {
				if *t == "" {
					*t = Text(s)
				}
			}
		}
	}
	return nil
}

// Plain is a text alone; empty where it is anything else.
type Plain string

// UnmarshalJSON never fails.
func (p *Plain) UnmarshalJSON(data []byte) error {
	var s string
	if data[0] == '"' && json.Unmarshal(data, &s) == nil {
		*p = Plain(s)
	}
	return nil
}

// Number is a whole number, or a text of one ("1200", "1200px"); 0 where it is anything else.
type Number int

// UnmarshalJSON never fails.
func (n *Number) UnmarshalJSON(data []byte) error {
	*n = 0
	text := strings.TrimSuffix(string(bytes.Trim(data, `" `)), "px")
	var f float64
	if json.Unmarshal([]byte(text), &f) == nil && f >= 0 && f < 1<<31 {
		*n = Number(f)
	}
	return nil
}

// List is a list, or one thing that stands for a list of it. What in it is of another
// type is left out.
type List[T any] []T

// UnmarshalJSON never fails.
func (l *List[T]) UnmarshalJSON(data []byte) error {
	*l = nil
	if data[0] != '[' {
		l.take(data)
		return nil
	}
	var all []json.RawMessage
	if json.Unmarshal(data, &all) == nil {
		for _, one := range all {
			l.take(one)
		}
	}
	return nil
}

func (l *List[T]) take(data json.RawMessage) {
	var v T
	if data = bytes.TrimSpace(data); string(data) != "null" && string(data) != "false" && json.Unmarshal(data, &v) == nil {
		*l = append(*l, v)
	}
}
