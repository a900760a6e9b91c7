package feed

import (
	"strings"
	"sync"
)

// filler are words between the parts of a date.
var filler = folded(`at of on the de del um uhr den a à las alle ore om kl kl. klo в г. года o' do às - | · • le la el il o dia dnia dne
	ve saat h hrs години о об році р r. r g. στις η ώρα i am
	v u ob у ў во на թ. m. d. m d ngày lúc`)

// weekdays, long and short, in the languages of the months.
var weekdays = sync.OnceValue(func() map[string]bool {
	return folded(`mon tue tues wed weds thu thur thurs fri sat sun
		monday tuesday wednesday thursday friday saturday sunday
		montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
		lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
		lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
		lunedì martedì mercoledì giovedì venerdì sabato domenica gio
		segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta feira seg ter qua qui sex
		maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
		понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
		понеділок вівторок середа четвер п'ятниця субота неділя нд
		poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw pt sob niedz pn ndz
		pondělí úterý středa čtvrtek pátek neděle po út st čt pá ne
		måndag tisdag onsdag torsdag fredag lördag söndag mån tis ons tors fre lör sön
		mandag tirsdag lørdag søndag man tir tor lør søn
		pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt sal çar per cum cmt paz
		δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δευ τρί τετ πέμ παρ σάβ κυρ
		hétfő kedd szerda csütörtök péntek szombat vasárnap
		الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد يوم
		יום ראשון שני שלישי רביעי חמישי שישי שבת`)
})

func isWeekday(word string) bool { return weekdays()[word] }

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
	western = monthNames("- - - - - - lip srp - - listopad -", "- - - - - - - - - - listopada -", "- - - - - - - - - - lis -")
	croat   = monthNames("siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
		"siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac",
		"sij velj ožu tra svi lip srp kol ruj lis stu pro", "- - - - - - - - - - studenog -")
)

// monthOf gives the number of a month by its name, 1 to 12; 0 or less: it is none.
func monthOf(word, lang string) int {
	switch base, _, _ := strings.Cut(lang, "-"); base {
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

// monthNames builds the table, once a date asks for it: most commands read none. A word
// that would mean two months means none.
func monthNames(lines ...string) func() map[string]int {
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
