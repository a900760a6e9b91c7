package feed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/tidwall/gjson"
)

// withoutNulls leaves nothing out of a list, and gives nil for nothing: gofeed takes
// what is there for something.
func withoutNulls(raw json.RawMessage) json.RawMessage {
	if !bytes.Contains(raw, []byte("null")) {
		return raw
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw
	}
	if list == nil {
		return nil
	}
	some := slices.DeleteFunc(list, func(one json.RawMessage) bool { return string(one) == "null" })
	if out, err := json.Marshal(some); err == nil {
		return out
	}
	return nil
}

// mendTags keeps the texts and numbers of a list that has other things in it.
func mendTags(raw json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	tags := []string{}
	if json.Unmarshal(raw, &list) != nil {
		var text string
		if json.Unmarshal(raw, &text) == nil { // one text, with commas in it
			tags = strings.Split(text, ",")
		} else {
			list = []json.RawMessage{raw} // one, without its brackets
		}
	}
	for _, one := range list {
		var text string
		var figure json.Number
		if json.Unmarshal(one, &text) == nil {
			tags = append(tags, text)
		} else if json.Unmarshal(one, &figure) == nil {
			tags = append(tags, figure.String())
		}
	}
	if out, err := json.Marshal(tags); err == nil {
		return out
	}
	return raw
}

// mendPeople gives authors as a list of objects: one alone may stand without its brackets,
// and each as a name alone.
func mendPeople(raw json.RawMessage) (people []json.RawMessage) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	for _, one := range list {
		var name string
		if json.Unmarshal(one, &name) == nil {
			one, _ = json.Marshal(jsonfeed.Author{Name: name})
		}
		if json.Unmarshal(one, new(jsonfeed.Author)) == nil {
			people = append(people, one)
		}
	}
	return people
}

// mendAuthors mends a field of authors that is not of its type. Several in the field for
// one of JSON Feed 1.0 go to that of 1.1.
func mendAuthors(fields map[string]json.RawMessage, key string) {
	people := mendPeople(fields[key])
	delete(fields, key)
	switch {
	case key == "author" && len(people) == 1:
		fields[key] = people[0]
	case len(people) > 0 && (key == "authors" || fields["authors"] == nil):
		if list, err := json.Marshal(people); err == nil {
			fields["authors"] = list
		}
	}
}

// mendAttachments keeps of each file what is a text: its size may be written as one.
func mendAttachments(raw json.RawMessage) json.RawMessage {
	files := []jsonfeed.Attachments{}
	gjson.ParseBytes(raw).ForEach(func(_, file gjson.Result) bool {
		if link := file.Get("url"); link.Type == gjson.String {
			files = append(files, jsonfeed.Attachments{URL: link.Str, MimeType: file.Get("mime_type").String()})
		}
		return true
	})
	out, err := json.Marshal(files)
	if err != nil {
		return json.RawMessage("[]")
	}
	return out
}

// pictureIn is the address in what describes a picture, or the first in a list.
func pictureIn(raw, key string) string {
	if key != "image" && key != "banner_image" {
		return ""
	}
	for _, path := range []string{"url", "0", "0.url"} {
		if address := gjson.Get(raw, path); address.Type == gjson.String {
			return address.Str
		}
	}
	return ""
}

// mendFields drops the fields that are not of their type; those without a type of
// their own are strings, and a number or a truth value is taken for its text.
func mendFields(fields map[string]json.RawMessage, types map[string]func() any) {
	for key, raw := range fields {
		if raw = withoutNulls(raw); raw == nil {
			delete(fields, key)
			continue
		}
		fields[key] = raw
		if key == "tags" {
			raw = mendTags(raw)
			fields[key] = raw
		}
		if typed, ok := types[key]; ok {
			switch {
			case json.Unmarshal(raw, typed()) == nil:
			case key == "author", key == "authors":
				mendAuthors(fields, key)
			case key == "attachments":
				fields[key] = mendAttachments(raw)
			default:
				delete(fields, key)
			}
			continue
		}
		var s string
		if json.Unmarshal(raw, &s) == nil {
			continue
		}
		text := strings.TrimSpace(string(raw))
		if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			text = pictureIn(text, key)
		}
		if text == "" {
			delete(fields, key) // an extension, or not of its type
			continue
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			delete(fields, key)
			continue
		}
		fields[key] = quoted
	}
}
