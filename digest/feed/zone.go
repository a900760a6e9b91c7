package feed

import (
	"regexp"
	"strings"
	"time"
)

// zones are the names that feeds use, in minutes east of Greenwich. Where a name
// has several meanings, RFC 822's stands (EST, CST, MST, PST are American), then
// the one that newspapers use (IST is India's, BST Britain's).
var zones = map[string]int{
	"utc": 0, "ut": 0, "gmt": 0, "z": 0, "wet": 0, "zulu": 0,
	"bst": 60, "west": 60, "cet": 60, "mez": 60, "met": 60, "wat": 60,
	"cest": 120, "mesz": 120, "mest": 120, "cedt": 120, "eet": 120, "sast": 120, "cat": 120,
	"eest": 180, "msk": 180, "trt": 180, "eat": 180, "fet": 180,
	"msd": 240, "samt": 240, "gst": 240, "pkt": 300, "yekt": 300, "ist": 330, "npt": 345, "omst": 360,
	"ict": 420, "wib": 420, "krat": 420, "novt": 420, "hkt": 480, "sgt": 480, "awst": 480, "myt": 480, "pht": 480,
	"irkt": 480, "jst": 540, "kst": 540, "yakt": 540, "acst": 570, "aest": 600, "vlat": 600, "acdt": 630, "aedt": 660,
	"nzst": 720, "nzdt": 780,
	"nst": -210, "ndt": -150, "ast": -240, "adt": -180, "brt": -180, "art": -180, "brst": -120, "clt": -240,
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"akst": -540, "akdt": -480, "hst": -600,
}

// american are the names that stand for a zone's time of the season.
var american = map[string]int{"at": -240, "et": -300, "ct": -360, "mt": -420, "pt": -480}

var offset = regexp.MustCompile(`^(?:(?:gmt|utc|ut|z)\s*)?([+\-−–])(\d{1,2})(?::?(\d{2}))?(?:\s+[a-z]{1,5})?$`)

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
	text = strings.ToLower(strings.TrimSpace(brackets.ReplaceAllString(text, " ")))
	text = strings.Join(strings.Fields(text), " ")
	if m := offset.FindStringSubmatch(text); m != nil {
		hours, minutes := number(m[2]), number(m[3])
		if hours > 14 || minutes > 59 {
			return nil, false
		}
		if m[1] == "+" {
			return fixed(hours*60 + minutes), true
		}
		return fixed(-hours*60 - minutes), true
	}
	// "EST -0500" and "UTC GMT": two words that must be zones both.
	if name, rest, two := strings.Cut(text, " "); two {
		if _, known := zones[name]; known && isOffset(rest) {
			return d.readZone(rest)
		}
		a, okA := zones[name]
		b, okB := zones[rest]
		return fixed(a), okA && okB && a == b
	}
	text = strings.Trim(text, ".\"'[]")
	if minutes, ok := zones[text]; ok {
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

func fixed(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	return time.FixedZone("", minutes*60)
}

// homeZone is the zone of times that give none: that of the language, where it is
// spoken in one zone only, else UTC, as all feed readers have it.
func homeZone(lang string) *time.Location {
	switch base, _, _ := strings.Cut(lang, "-"); base {
	case "zh":
		return fixed(8 * 60)
	case "ja", "ko":
		return fixed(9 * 60)
	}
	return time.UTC
}

// filler are words between the parts of a date.
var filler = map[string]bool{
	"at": true, "of": true, "on": true, "the": true, "de": true, "del": true, "um": true, "uhr": true, "den": true,
	"a": true, "à": true, "las": true, "alle": true, "ore": true, "om": true, "kl": true, "в": true, "г": true,
	"года": true, "do": true, "às": true, "-": true, "|": true,
}

// weekdays where they do not come first.
var weekdays = words(`mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday
	montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
	lunes martes miércoles jueves viernes sábado domingo`)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// months are their names by the languages' own words, January first; those of one
// language stand on one line, the short forms on the next.
var months = monthNames(
	"january february march april may june july august september october november december",
	"jan feb mar apr may jun jul aug sep oct nov dec", "- - - - - - - - sept - - -",
	"januar februar märz april mai juni juli august september oktober november dezember",
	"jän - mär - - - - - - okt - dez", "jänner feber mrz - - - - - - - - -",
	"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	"janv févr - avr - - juil - - - - déc", "- fevrier - - - - - aout - - - decembre", "- fév - - - - - - - - - -",
	"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
	"ene - - abr - - - ago - - - dic", "- - - - - - - - setiembre - - -",
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	"gen - - - mag giu lug - set ott - -",
	"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	"- fev - - - - - - - out - -",
	"januari februari maart april mei juni juli augustus september oktober november december",
	"- - mrt - - - - - - - - -",
	"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
	"январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
	"янв фев мар апр - июн июл авг сен окт ноя дек", "- - - - - - - - сент - нояб -",
	"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
	"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
	"ledna února března dubna května června července srpna září října listopadu prosince",
	"január február marec apríl máj jún júl august september október november december",
	"januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
	"január február március április május június július augusztus szeptember október november december",
	"- - márc ápr máj jún júl - szept okt - -",
	"januari februari mars april maj juni juli augusti september oktober november december",
	"januar februar marts april maj juni juli august september oktober november december",
	"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
	"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
	"ιαν φεβ μαρ απρ μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ", "- - μάρ - μάι ιούν ιούλ αύγ - - νοέ -", "- - μάώ - μαι - - - - - νοεμ -",
)

// monthNames builds the table. A word that would mean two months means none.
func monthNames(languages ...string) map[string]int {
	table := map[string]int{}
	for _, line := range languages {
		for i, word := range strings.Fields(line) {
			if old, ok := table[word]; word != "-" && ok && old != i+1 {
				table[word] = -1
			} else if word != "-" {
				table[word] = i + 1
			}
		}
	}
	return table
}
