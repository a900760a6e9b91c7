package feed

import (
	"strings"
	"sync"
)

// filler are words between the parts of a date.
var filler = folded(`at of on the de del um uhr den a à las alle ore om kl kl. klo в г. года o' do às - | · • le la el il o dia dnia dne
	ve saat h hrs години о об році р r. r g. στις η ώρα i am
	v u ob у ў во на թ. m. d. m d ngày lúc vào @ ч ж жылғы gada gadā წლის წ kell pukul pada les nang në
	في الساعة ساعت בשעה เวลา ที่ วันที่ น พ.ศ ค.ศ बजे को रोजी वाजता এ அன்று ರಂದು ಸಮಯಕ್ಕೆ کو ta'`)

func folded(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[fold(w)] = true
	}
	return set
}

// Words that are one month to Poles and Czechs and another to Croats: the feed's
// language tells which, or nobody knows.
var (
	western = numbered("- - - - - - lip srp - - listopad -", "- - - - - - - - - - listopada -", "- - - - - - - - - - lis -")
	croat   = numbered("siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
		"siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac",
		"sij velj ožu tra svi lip srp kol ruj lis stu pro", "- - - - - - - - - - studenog -")
)

// monthOf gives the number of a month by its name, 1 to 12; 0 or less: it is none.
func monthOf(word, lang string) int {
	switch base(lang) {
	case "hr", "bs", "sr":
		if n := croat()[word]; n > 0 {
			return n
		}
	case "pl", "cs", "sk":
		if n := western()[word]; n > 0 {
			return n
		}
	}
	return months()[word]
}

// numbered builds a table of months or weekdays, once a date asks for it: most commands
// read none. A word that would mean two of them means none.
func numbered(lines ...string) func() map[string]int {
	return sync.OnceValue(func() map[string]int {
		table := map[string]int{}
		for _, line := range lines {
			for i, word := range strings.Fields(line) {
				if word = fold(word); word == "-" {
					continue
				}
				if old, ok := table[word]; ok && old != i+1 {
					table[word] = -1
				} else {
					table[word] = i + 1
				}
			}
		}
		return table
	})
}
