package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/tidwall/gjson"

	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// repairJSON gives a JSON Feed as gofeed likes it: no more items than are wanted,
// whole ones only, and no field of a type that would cost the whole feed; and the texts
// that wait aside. Error: ErrNotAFeed.
func repairJSON(text string, limit int, w *warnings) (clean []byte, aside []string, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, fmt.Errorf("%w: it begins like JSON, but is none", ErrNotAFeed)
	}
	feed := map[string]json.RawMessage{}
	var items []json.RawMessage
	found, broken := false, false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			break
		}
		if key == "items" {
			found = true
			items, broken = readItems(d, text, true, limit, w)
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			break
		}
		feed[key.(string)] = value
	}
	if !found {
		if rss, items := rssInJSON(string(feed["rss"]), text, limit, w); len(items) > 0 {
			clean, aside = assemble(rss, items, w)
			return clean, aside, nil
		}
		if d, text = atItems(text); d != nil {
			w.add("the JSON of the feed is broken; only its items were read")
			items, _ = readItems(d, text, true, limit, w)
			found, broken = true, true
		}
	}
	if !found {
		return nil, nil, fmt.Errorf("%w: the JSON has no \"items\"", ErrNotAFeed)
	}
	if !broken {
		if t, err := d.Token(); err != nil || t != json.Delim('}') {
			w.add("the feed breaks off before its end")
		}
	}
	clean, aside = assemble(feed, items, w)
	return clean, aside, nil
}

// readItems reads the array of items as far as it goes, and tells whether it is broken
// before its end. text is what d reads. Where an item is broken, it goes on with the next
// that is whole; where all there is breaks off, its whole fields are taken, if parts are
// wanted: what is missing may forbid to show the rest.
func readItems(d *json.Decoder, text string, parts bool, limit int, w *warnings) (items []json.RawMessage, broken bool) {
	opening, err := d.Token()
	keyed := opening == json.Delim('{') // QUIRK: PHP's list with gaps in it
	if err != nil || opening != json.Delim('[') && !keyed {
		return nil, false
	}
	begin := 0 // of what d reads, in text
	for d.More() {
		if keyed {
			if _, err := d.Token(); err != nil {
				return items, broken
			}
		}
		if len(items) == limit {
			w.add(tooManyItems, figures.Of(limit))
			// What follows is read over, an item at a time.
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				return items, broken
			}
			continue
		}
		var item json.RawMessage
		from := begin + int(d.InputOffset())
		if err := d.Decode(&item); err != nil {
			if next, at := behindBroken(text, from); next != nil {
				w.add("an item of the feed cannot be read; it was left out")
				d, begin, broken, keyed = next, at, true, false
				continue
			}
			if len(items) == 0 && parts {
				if part := wholeFields(text[from:]); part != nil {
					return append(items, part), broken
				}
			}
			w.add("the feed breaks off; its last item, which is not complete, was left out")
			return items, true
		}
		items = append(items, item)
	}
	_, _ = d.Token() // the closing bracket; where it is missing, the caller finds out
	return items, broken
}

// wholeFields is an item as far as its fields are whole; nil: there are none.
func wholeFields(text string) json.RawMessage {
	text = text[max(0, strings.IndexByte(text, '{')):]
	d := json.NewDecoder(strings.NewReader(text))
	fields := map[string]json.RawMessage{}
	_, err := d.Token()
	for err == nil {
		var key json.Token
		var value json.RawMessage
		if key, err = d.Token(); err != nil {
			break
		}
		err = d.Decode(&value)
		cut := int(d.InputOffset()) == len(text) && strings.Trim(text[len(text)-1:], "0123456789.eE+-") == "" // more figures may follow
		if name, ok := key.(string); ok && err == nil && !cut {
			fields[name] = value
		}
	}
	if len(fields) == 0 {
		return nil
	}
	item, _ := json.Marshal(fields)
	return item
}

func assemble(feed map[string]json.RawMessage, items []json.RawMessage, w *warnings) (clean []byte, aside []string) {
	good := make([]json.RawMessage, 0, len(items))
	for _, raw := range items {
		var probe jsonfeed.Item
		if !strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
			w.add("an item of the feed cannot be read; it was left out")
			continue
		}
		raw = withTextsAside(shallow(raw, w), &aside)
		if json.Unmarshal(raw, &probe) == nil && (probe.Author == nil || len(probe.Authors) > 0) && !bytes.Contains(raw, []byte("null")) {
			good = append(good, raw)
			continue
		}
		if mended, ok := mendItem(raw); ok {
			if good = append(good, mended); json.Unmarshal(raw, &probe) == nil {
				continue // it had but a null in it, or its author where JSON Feed 1.0 has it
			}
			w.add("some fields of the feed's items are not of their type; they were mended, or left out")
		} else {
			w.add("an item of the feed cannot be read; it was left out")
		}
	}
	leaveDeep(feed, w)
	mendFields(feed, map[string]func() any{
		"expired": func() any { return new(bool) },
	})
	return written(feed, good), aside
}

// shallow is an item without the fields that nest too deeply.
func shallow(raw json.RawMessage, w *warnings) json.RawMessage {
	if !loose.Deep(raw, maxDepth) {
		return raw
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	leaveDeep(fields, w)
	item, err := json.Marshal(fields)
	if err != nil {
		return raw // never: what was read can be written
	}
	return item
}

// leaveDeep leaves out the fields that nest too deeply.
func leaveDeep(fields map[string]json.RawMessage, w *warnings) {
	for key, value := range fields {
		if loose.Deep(value, maxDepth-1) { // the field's object is one level
			delete(fields, key)
			w.add(tooDeep)
		}
	}
}

// withTextsAside is an item without its long texts.
func withTextsAside(raw json.RawMessage, aside *[]string) json.RawMessage {
	if len(raw) < asideLeast {
		return raw
	}
	item, had := string(raw), len(*aside)
	for _, key := range []string{"content_html", "content_text", "summary"} {
		value := gjson.Get(item, key)
		if value.Index == 0 || value.Type != gjson.String || len(value.Raw) < asideLeast {
			continue
		}
		item = item[:value.Index] + `"` + putAside(aside, value.Str) + `"` + item[value.Index+len(value.Raw):]
	}
	if len(*aside) == had {
		return raw
	}
	return json.RawMessage(item)
}

// written is a feed as JSON. Each part of it was read as JSON before, so nothing is left
// to be checked.
func written(feed map[string]json.RawMessage, items []json.RawMessage) []byte {
	out := []byte{'{'}
	for _, key := range slices.Sorted(maps.Keys(feed)) {
		quoted, err := json.Marshal(key)
		if err != nil {
			continue // never: a string has a form
		}
		out = append(append(append(append(out, quoted...), ':'), feed[key]...), ',')
	}
	out = append(out, `"items":[`...)
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, `]}`...)
}

func mendItem(raw json.RawMessage) (json.RawMessage, bool) {
	var item map[string]json.RawMessage
	if json.Unmarshal(raw, &item) != nil {
		return nil, false
	}
	mendFields(item, map[string]func() any{
		"attachments": func() any { return new([]jsonfeed.Attachments) },
	})
	out, err := json.Marshal(item)
	var probe jsonfeed.Item
	return out, err == nil && json.Unmarshal(out, &probe) == nil
}
