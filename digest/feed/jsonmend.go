package feed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/tidwall/gjson"

	"github.com/broadsheet-news/broadsheet/digest/loose"
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

// mendTags keeps the texts and numbers of a list that has other things in it; a text alone
// is a list with commas.
func mendTags(raw json.RawMessage) json.RawMessage {
	var text string
	tags := []string{}
	if json.Unmarshal(raw, &text) == nil {
		tags = strings.Split(text, ",")
	} else {
		var list loose.List[loose.Text]
		_ = json.Unmarshal(raw, &list) // never fails
		for _, tag := range list {
			if tag != "" {
				tags = append(tags, string(tag))
			}
		}
	}
	out, err := json.Marshal(tags)
	if err != nil {
		return nil // never: strings have a form
	}
	return out
}

// mendAuthors puts the people of an item, or of the feed, where JSON Feed 1.1 has them. One
// alone may stand without brackets, and each as a name alone.
func mendAuthors(fields map[string]json.RawMessage) {
	people := mendPeople(fields["authors"])
	if len(people) == 0 {
		people = mendPeople(fields["author"])
	}
	delete(fields, "author")
	delete(fields, "authors")
	if list, err := json.Marshal(people); err == nil && len(people) > 0 {
		fields["authors"] = list
	}
}

// mendPeople gives those that have a name or an address.
func mendPeople(raw json.RawMessage) (people []jsonfeed.Author) {
	if raw == nil {
		return nil
	}
	var list loose.List[json.RawMessage]
	_ = json.Unmarshal(raw, &list) // never fails
	for _, one := range list {
		var p jsonfeed.Author
		if json.Unmarshal(one, &p.Name) != nil && !loose.Read(one, &p) {
			continue
		}
		if p.Name != "" || p.URL != "" {
			people = append(people, p)
		}
	}
	return people
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
	mendAuthors(fields)
	for key, raw := range fields {
		switch raw = withoutNulls(raw); {
		case raw == nil:
		case key == "authors": // mended
		case key == "tags":
			raw = mendTags(raw)
		case types[key] == nil:
			raw = mendText(key, raw)
		case json.Unmarshal(raw, types[key]()) == nil:
		case key == "attachments":
			raw = mendAttachments(raw)
		default:
			raw = nil
		}
		if fields[key] = raw; raw == nil {
			delete(fields, key)
		}
	}
}

// mendText is a field that should be a text; nil: it is none.
func mendText(key string, raw json.RawMessage) json.RawMessage {
	if raw[0] == '"' {
		return raw
	}
	text := strings.TrimSpace(string(raw))
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		text = pictureIn(text, key)
	}
	if text == "" { // an extension, or not of its type
		return nil
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	return quoted
}
