package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
)

// readForm reads a form's body, form-encoded or multipart, into r.PostForm. A body
// that is neither, or broken, is an empty form; only its size is refused.
func readForm(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody) // guard bounds the body: nothing goes to disk
	} else {
		err = r.ParseForm()
	}
	if err := tooLarge(err); err != nil {
		return err
	}
	if r.PostForm == nil {
		r.PostForm = url.Values{}
	}
	return nil
}

// tooLarge is errTooLarge where reading a body failed for its size; nil otherwise.
func tooLarge(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return nil
}
