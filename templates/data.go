package templates

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// roots are what partials are given: of a mail, a letter, a page.
var roots = []reflect.Type{
	reflect.TypeFor[*edition](), reflect.TypeFor[*letter](), reflect.TypeFor[*pageView](),
	reflect.TypeFor[shown](), // made by a method, but by no field
}

// pageTypes are what stands behind pageView.Page.
var pageTypes = []reflect.Type{
	reflect.TypeFor[SubscribePage](), reflect.TypeFor[CheckMailPage](), reflect.TypeFor[ConfirmPage](), reflect.TypeFor[ConfirmedPage](),
	reflect.TypeFor[UnsubscribePage](), reflect.TypeFor[UnsubscribedPage](), reflect.TypeFor[PreferencesPage](),
	reflect.TypeFor[EmbedPage](), reflect.TypeFor[privacyView](), reflect.TypeFor[ExportPage](), reflect.TypeFor[ExportedPage](), reflect.TypeFor[ErasePage](), reflect.TypeFor[ErasedPage](),
	reflect.TypeFor[ReturnPage](), reflect.TypeFor[AppealPage](),
	reflect.TypeFor[archiveView](), reflect.TypeFor[detourView](), reflect.TypeFor[NotFoundPage](), reflect.TypeFor[ExpiredPage](), reflect.TypeFor[ErrorPage](),
}

// reachable are the types that a partial can get at, by their fields and by what their
// methods return.
var reachable = sync.OnceValue(func() map[reflect.Type]bool {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Array || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if seen[t] || t == reflect.TypeFor[error]() {
			return
		}
		seen[t] = true
		for _, f := range fields(t) {
			walk(f.Type)
		}
		for _, m := range methodsOf(t) {
			for i := range m.Type.NumOut() {
				walk(m.Type.Out(i))
			}
		}
	}
	for _, t := range slices.Concat(roots, pageTypes) {
		walk(t)
	}
	return seen
})

// fields are those of a type that a template can name.
func fields(t reflect.Type) []reflect.StructField {
	if t.Kind() != reflect.Struct {
		return nil
	}
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return !f.IsExported() || f.Anonymous })
}

// methodsOf are those of a type that a template can call.
func methodsOf(t reflect.Type) []reflect.Method {
	if t.Kind() != reflect.Interface {
		t = reflect.PointerTo(t)
	}
	var all []reflect.Method
	for i := range t.NumMethod() {
		all = append(all, t.Method(i))
	}
	return all
}

// everyName is whatever a partial can name of anything. The keys of maps are plural
// forms.
var everyName = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{"zero": true, "one": true, "two": true, "few": true, "many": true, "other": true}
	for t := range reachable() {
		for _, f := range fields(t) {
			all[f.Name] = true
		}
		for _, m := range methodsOf(t) {
			all[m.Name] = true
		}
	}
	return all
})

// misnamed finds a name that nothing has, in a branch that no sample took.
func (t *Theme) misnamed() error {
	for _, name := range slices.Sorted(maps.Keys(t.partials)) {
		p := t.partials[name]
		if _, own := t.own[p.tree.ParseName]; !own {
			continue
		}
		for _, n := range p.names {
			if !everyName()[n.name] {
				return t.placed(&Fault{spot: n.at, Text: "there is no ." + n.name + " anywhere", Fix: "at the head of a copy stands what its data has: broadsheet theme show " + strings.TrimSuffix(name, ".html")})
			}
		}
	}
	return nil
}

// fieldsOf tells what a partial can name of a type, as an error of text/template calls it.
func fieldsOf(typ string) string {
	if strings.HasPrefix(typ, "[") {
		return "this is a list: go through it with {{range}}"
	}
	for t := range reachable() {
		if t.String() != typ {
			continue
		}
		var names []string
		for _, f := range fields(t) {
			names = append(names, "."+f.Name)
		}
		for _, m := range methodsOf(t) {
			names = append(names, "."+m.Name)
		}
		if len(names) > 0 {
			slices.Sort(names)
			return "there is " + strings.Join(slices.Compact(names), ", ")
		}
	}
	return "nothing can be asked of it: it is " + strings.TrimPrefix(typ, "templates.")
}
