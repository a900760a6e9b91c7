package feed

import (
	"encoding/json"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/tidwall/gjson"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

var itemKey = lazyregexp.New(`"item"\s*:\s*\[`)

// rssInJSON gives RSS that is written as JSON (scripting.com, RSS-in-JSON) as the fields
// and items of a JSON Feed; no items: it is not that. rss is the object of that name; empty
// where it breaks off, in text.
func rssInJSON(rss, text string, limit int, w *warnings) (feed map[string]json.RawMessage, items []json.RawMessage) {
	channel, all := gjson.Get(rss, "channel"), []json.RawMessage(nil)
	list := channel.Get("item").Raw
	if rss == "" {
		channel = gjson.Get(text, "rss.channel")
		if at := itemKey.FindStringIndex(text); at != nil && channel.Exists() {
			w.add("the feed breaks off before its end")
			list = text[at[1]-1:]
		}
	}
	if strings.HasPrefix(list, "[") {
		all, _ = readItems(json.NewDecoder(strings.NewReader(list)), list, true, limit, w)
	} else if list != "" { // one, without its brackets
		all = append(all, json.RawMessage(list))
	}
	for _, one := range all {
		if item := gjson.ParseBytes(one); item.IsObject() {
			if raw, err := json.Marshal(filled(jsonItem(item))); err == nil {
				items = append(items, raw)
			}
		}
	}
	return filled(map[string]any{
		"title": jsonText(channel.Get("title")), "home_page_url": jsonText(channel.Get("link")), "language": jsonText(channel.Get("language")),
	}), items
}

// jsonItem is an item's fields by JSON Feed's names.
func jsonItem(item gjson.Result) map[string]any {
	text, summary := jsonText(item.Get("content:encoded")), jsonText(item.Get("description"))
	if text == "" {
		text, summary = summary, ""
	}
	var tags []string
	for _, c := range item.Get("category").Array() {
		tags = append(tags, jsonText(c))
	}
	authors := jsonPeople(item.Get("author"))
	if len(authors) == 0 {
		authors = jsonPeople(item.Get("dc:creator"))
	}
	var files []any
	for _, e := range item.Get("enclosure").Array() {
		files = append(files, map[string]string{"url": e.Get("url").String(), "mime_type": e.Get("type").String()})
	}
	return map[string]any{
		"id": jsonText(item.Get("guid")), "url": firstOf(jsonText(item.Get("link")), jsonText(item.Get("source:linkFull"))), "title": jsonText(item.Get("title")),
		"content_html": text, "summary": summary, "date_published": jsonText(item.Get("pubDate")),
		"authors": authors, "tags": tags, "attachments": files,
	}
}

// jsonPeople are those that an element names; one has no brackets.
func jsonPeople(names gjson.Result) (people []jsonfeed.Author) {
	for _, one := range names.Array() {
		if name := jsonText(one); name != "" {
			people = append(people, jsonfeed.Author{Name: name})
		}
	}
	return people
}

// jsonText is an element's text, which has a name of its own where it has attributes.
func jsonText(value gjson.Result) string {
	if !value.IsObject() {
		return value.String()
	}
	for _, name := range []string{"#value", "#text", "_", "$t"} {
		if text := value.Get(name); text.Exists() {
			return text.String()
		}
	}
	return ""
}

// filled leaves out what is empty.
func filled(fields map[string]any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for key, value := range fields {
		if raw, err := json.Marshal(value); err == nil && string(raw) != `""` && string(raw) != "null" {
			out[key] = raw
		}
	}
	return out
}
