package feed

import (
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// zones are the names that feeds use, in minutes east of Greenwich. Where a name
// has several meanings, RFC 822's stands (EST, CST, MST, PST are American), then
// the one that newspapers use (IST is India's, BST Britain's).
var zones = map[string]int{
	"utc": 0, "ut": 0, "gmt": 0, "z": 0, "wet": 0, "zulu": 0, "мск": 180,
	"bst": 60, "west": 60, "cet": 60, "mez": 60, "met": 60, "wat": 60,
	"cest": 120, "mesz": 120, "mest": 120, "cedt": 120, "eet": 120, "sast": 120, "cat": 120,
	"eest": 180, "msk": 180, "trt": 180, "eat": 180, "fet": 180, "idt": 180, "irst": 210, "aft": 270,
	"msd": 240, "samt": 240, "gst": 240, "get": 240, "azt": 240, "mut": 240, "ret": 240, "sct": 240, "uzt": 300, "tjt": 300, "tmt": 300, "mvt": 300,
	"kgt": 360, "btt": 360, "mmt": 390, "hovt": 420, "ulat": 480, "wita": 480, "wit": 540, "chst": 600, "chut": 600, "sbt": 660,
	"pett": 720, "fjt": 720, "tot": 780, "cvt": -60, "azot": -60, "uyt": -180, "gft": -180, "bot": -240, "vet": -240,
	"pet": -300, "cot": -300, "ect": -300, "hadt": -540, "hdt": -540, "hast": -600, "seč": 60, "selč": 120,
	"pkt": 300, "yekt": 300, "ist": 330, "npt": 345, "omst": 360,
	"ict": 420, "wib": 420, "krat": 420, "novt": 420, "hkt": 480, "sgt": 480, "awst": 480, "myt": 480, "pht": 480,
	"irkt": 480, "jst": 540, "kst": 540, "yakt": 540, "acst": 570, "aest": 600, "vlat": 600, "acdt": 630, "aedt": 660,
	"nzst": 720, "nzdt": 780,
	"nst": -210, "ndt": -150, "ast": -240, "adt": -180, "brt": -180, "art": -180, "brst": -120, "clt": -240,
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"akst": -540, "akdt": -480, "hst": -600,
}

// localZones are what a name means in a feed of that language, where it means another
// thing elsewhere.
var localZones = map[string]map[string]int{
	"zh": {"cst": 480}, "he": {"ist": 120}, "en-IL": {"ist": 120}, "ar": {"ast": 180}, "fil": {"pst": 480}, "ms": {"mst": 480}, "my": {"mst": 390},
	"bn": {"bst": 360}, "ga": {"ist": 60}, "en-IE": {"ist": 60},
	"en-AU": {"est": 600, "edt": 660, "cst": 570, "cdt": 630, "wst": 480},
}

// american are the names that stand for a zone's time of the season.
var american = map[string]int{"at": -240, "et": -300, "ct": -360, "mt": -420, "pt": -480}

var offset = lazyregexp.New(`^(?:(?:gmt|utc|ut|z)\s*)?([+-])\s?(\d{1,2})(?::?(\d{2}))?(?:\s+[a-z]{1,5}|z)?$`)

// namedOffset is "PST-0700": a name and an offset of two figures or four, which fits the
// name, in summer or winter. "EST+3" could be meant either way.
var namedOffset = lazyregexp.New(`^([a-z]{3,4})([+-]\d{2}(?::?\d{2})?)$`)

// isOffset reports "+0100", "-5", "GMT+3".
func isOffset(word string) bool { return offset.MatchString(strings.ToLower(word)) }

// isZone reports the name of a zone, in lower case.
func isZone(word string) bool {
	_, named := zones[word]
	_, seasonal := american[word]
	return named || seasonal
}

// readZone reads a zone: an offset, a name, or a name beside an offset, of which
// the offset is believed. It says no to a name that it does not know.
func (d *moment) readZone(text string) (*time.Location, bool) {
	if placeName.MatchString(text) {
		zone, err := time.LoadLocation(text)
		return zone, err == nil
	}
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	if m := offset.FindStringSubmatch(text); m != nil {
		east := number(m[2])*60 + number(m[3])
		if m[1] == "-" {
			east = -east
		}
		return fixed(east), number(m[3]) < 60 && east >= -12*60 && east <= 14*60
	}
	if m := namedOffset.FindStringSubmatch(text); m != nil {
		minutes, known := zones[m[1]]
		zone, ok := d.readZone(m[2])
		if !known || !ok {
			return nil, false
		}
		_, seconds := time.Time{}.In(zone).Zone()
		return zone, max(minutes-seconds/60, seconds/60-minutes) <= 60
	}
	for _, lang := range []string{d.lang, base(d.lang)} {
		if minutes, ok := localZones[lang][text]; ok {
			return fixed(minutes), true
		}
	}
	// "EST -0500" and "UTC GMT": two words that must be zones both.
	if name, rest, two := strings.Cut(text, " "); two {
		if _, known := zones[name]; isOffset(rest) && (known || name == rest) { // Go writes +0100 +0100
			return d.readZone(rest)
		}
		if isOffset(name) && isOffset(rest) && strings.HasPrefix(name, rest) { // and +0100 +01
			return d.readZone(name)
		}
		a, okA := zones[name]
		b, okB := zones[rest]
		return fixed(a), okA && okB && a == b
	}
	text = strings.Trim(text, ".\"'[]")
	if minutes, ok := zones[text]; ok {
		if russian[text] && d.russianSummer() {
			minutes += 60
		}
		return fixed(minutes), true
	}
	if minutes, ok := american[text]; ok {
		if d.americanSummer() {
			minutes += 60
		}
		return fixed(minutes), true
	}
	return nil, false
}

// americanSummer reports daylight time in the United States on that date: since
// 2007 from the second Sunday of March to the first of November, before from the
// first Sunday of April to the last of October.
func (d *moment) americanSummer() bool {
	sunday := func(month time.Month, day int) time.Time {
		t := time.Date(d.year, month, day, 2, 0, 0, 0, time.UTC)
		return t.AddDate(0, 0, (7-int(t.Weekday()))%7)
	}
	from, to := sunday(time.March, 8), sunday(time.November, 1)
	if d.year < 2007 {
		from, to = sunday(time.April, 1), sunday(time.October, 25)
	}
	at := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return !at.Before(from) && at.Before(to)
}

// placeName is a zone by its name in the time-zone database, Europe/Moscow.
var placeName = lazyregexp.New(`^[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_-]+){1,2}$`)

var russian = map[string]bool{"msk": true, "мск": true, "yekt": true, "omst": true, "krat": true, "irkt": true, "yakt": true, "vlat": true}

// russianSummer reports the years when Russia kept its summer time through the winter.
func (d *moment) russianSummer() bool {
	day := d.year*10_000 + d.month*100 + d.day
	return day >= 2011_03_27 && day < 2014_10_26
}

func fixed(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	return time.FixedZone("", minutes*60)
}

// homeZone is the zone of times that give none: that of the language, where it is
// spoken in one zone only, else UTC, as all feed readers have it.
func homeZone(lang string) *time.Location {
	switch base(lang) {
	case "zh":
		return fixed(8 * 60)
	case "ja", "ko":
		return fixed(9 * 60)
	}
	return time.UTC
}
