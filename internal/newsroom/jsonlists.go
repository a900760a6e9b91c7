package newsroom

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// WithLists is a value for JSON in which no list and no map is nil: whoever reads it finds
// [] and {} where there is nothing, never null. The value itself stays as it is.
func WithLists(v any) any {
	if v == nil {
		return nil
	}
	w := reflect.New(reflect.TypeOf(v)).Elem()
	w.Set(reflect.ValueOf(v))
	fillLists(w)
	return w.Interface()
}

var ownJSON = []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}

// fillLists works on a copy that can be changed; what that points to is copied first.
func fillLists(v reflect.Value) {
	t := v.Type()
	for _, own := range ownJSON {
		if t.Implements(own) || reflect.PointerTo(t).Implements(own) {
			return
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f, is := v.Field(i), t.Field(i)
			if (f.CanSet() || is.Anonymous && f.Kind() == reflect.Struct) && !strings.Contains(is.Tag.Get("json"), ",omitzero") {
				fillLists(f)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(t.Elem())
			p.Elem().Set(v.Elem())
			fillLists(p.Elem())
			v.Set(p)
		}
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(reflect.ValueOf(WithLists(v.Elem().Interface())))
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 { // a text, to JSON
			return
		}
		all := reflect.MakeSlice(t, v.Len(), v.Len())
		reflect.Copy(all, v)
		for i := range all.Len() {
			fillLists(all.Index(i))
		}
		v.Set(all)
	case reflect.Map:
		all := reflect.MakeMapWithSize(t, v.Len())
		for of := v.MapRange(); of.Next(); {
			value := reflect.New(t.Elem()).Elem()
			value.Set(of.Value())
			fillLists(value)
			all.SetMapIndex(of.Key(), value)
		}
		v.Set(all)
	}
}
