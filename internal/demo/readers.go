package demo

import (
	"encoding/csv"
	"fmt"
	"io"
)

// Reader is a subscriber who does not exist.
type Reader struct {
	Name    string
	Address string // at a domain that never will be anyone's (RFC 2606 3)
}

// people are names of one script or language. Every given name goes with every
// family name; spelling is the part of an address in Latin letters.
type people struct {
	given, family []spelled
	familyFirst   bool
	space         string // between the two names
}

type spelled struct{ name, spelling string }

// peoples are names with their spelling in an address after a slash. The first are
// in Latin letters.
var peoples = []people{
	{
		given:  spell("Ada/ada", "Björn/bjoern", "Chloé/chloe", "Dafydd/dafydd", "Émile/emile", "Freya/freya", "Günther/guenther", "Hanna/hanna", "Íñigo/inigo", "Jóhanna/johanna", "Kwame/kwame", "Łucja/lucja", "Maïté/maite", "Ngozi/ngozi", "Øyvind/oyvind", "Pilar/pilar", "Quentin/quentin", "Ruža/ruza", "Søren/soeren", "Tamsin/tamsin"),
		family: spell("Abara/abara", "Brønsted/bronsted", "Çelik/celik", "D'Orsay/dorsay", "Eglītis/eglitis", "Fjeld/fjeld", "García Luna/garcia-luna", "Hărău/harau", "Ilves/ilves", "Jönsson/joensson", "Kovač/kovac", "Lindqvist/lindqvist", "Mbeki/mbeki", "Núñez/nunez", "Ó Briain/obriain", "Płonka/plonka", "Quist/quist", "Řezníček/reznicek", "Szűcs/szucs", "Tănase/tanase", "Ünal/uenal", "Vesterholm/vesterholm"),
		space:  " ",
	},
	{
		given:  spell("Анна/anna", "Богдан/bohdan", "Вера/vera", "Григорий/grigory", "Дарья/darya", "Єва/yeva", "Илья/ilya", "Оксана/oksana"),
		family: spell("Береза/bereza", "Волкова/volkova", "Гончар/honchar", "Ковальчук/kovalchuk", "Лебедь/lebed", "Соловей/solovey"),
		space:  " ",
	},
	{
		given:  spell("Αθηνά/athina", "Γιώργος/giorgos", "Δάφνη/dafni", "Νίκος/nikos", "Ελένη/eleni"),
		family: spell("Θαλασσινός/thalassinos", "Λιμανιώτης/limaniotis", "Φάρος/faros", "Καραβάς/karavas"),
		space:  " ",
	},
	{
		given:  spell("أمينة/amina", "بدر/badr", "زينب/zaynab", "يوسف/yusuf", "ليلى/layla", "طارق/tariq"),
		family: spell("البحري/albahri", "الحداد/alhaddad", "النجار/alnajjar", "الصياد/alsayyad"),
		space:  " ",
	},
	{
		given:  spell("אביגיל/avigail", "דניאל/daniel", "נועה/noa", "יונתן/yonatan"),
		family: spell("ימי/yami", "אלון/alon", "שחף/shahaf"),
		space:  " ",
	},
	{
		given:  spell("आशा/asha", "रवि/ravi", "मीरा/meera", "अर्जुन/arjun", "सुनीता/sunita"),
		family: spell("सागर/sagar", "नाविक/navik", "शर्मा/sharma", "पटेल/patel"),
		space:  " ",
	},
	{
		given:       spell("美玲/meiling", "建国/jianguo", "晓雨/xiaoyu", "子涵/zihan", "文博/wenbo"),
		family:      spell("王/wang", "林/lin", "陈/chen", "海/hai"),
		familyFirst: true,
	},
	{
		given:       spell("さくら/sakura", "健太/kenta", "陽子/yoko", "蓮/ren"),
		family:      spell("港/minato", "浜田/hamada", "中村/nakamura", "佐藤/sato"),
		familyFirst: true, space: " ",
	},
	{
		given:       spell("서연/seoyeon", "민준/minjun", "지우/jiwoo", "하은/haeun"),
		family:      spell("김/kim", "박/park", "항/hang"),
		familyFirst: true,
	},
}

var domains = []string{"example.org", "example.net", "example.com"}

func spell(pairs ...string) []spelled {
	list := make([]spelled, len(pairs))
	for i, p := range pairs {
		for k := len(p) - 1; k >= 0; k-- {
			if p[k] == '/' {
				list[i] = spelled{p[:k], p[k+1:]}
				break
			}
		}
	}
	return list
}

// Readers makes n readers, the same ones every time, no two of one address.
func Readers(n int) []Reader {
	readers := make([]Reader, 0, n)
	taken := map[string]int{}
	for i := range n {
		// Half of them have Latin letters; the other scripts take turns.
		p, k := peoples[0], i/2
		if i%2 == 1 {
			p, k = peoples[1+k%(len(peoples)-1)], k/(len(peoples)-1)
		}
		given := p.given[k%len(p.given)]
		family := p.family[(k/len(p.given)+k*7)%len(p.family)]
		r := Reader{Name: given.name + p.space + family.name}
		if p.familyFirst {
			r.Name = family.name + p.space + given.name
		}
		local := given.spelling + "." + family.spelling
		domain := domains[i%len(domains)]
		if taken[local]++; taken[local] > 1 {
			local = fmt.Sprintf("%s%d", local, taken[local])
		}
		r.Address = local + "@" + domain
		readers = append(readers, r)
	}
	return readers
}

// WriteCSV writes readers as a newspaper's old system would export them.
func WriteCSV(w io.Writer, readers []Reader) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"Name", "E-mail"}) // Error tells of it
	for _, r := range readers {
		_ = out.Write([]string{r.Name, r.Address})
	}
	out.Flush()
	return out.Error()
}
