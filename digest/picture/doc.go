// Package picture makes a story's picture fit for mail. It is pure: bytes in,
// bytes out.
//
// What [Fit] does, in order:
//
//   - it reads the header alone and refuses what is not a JPEG, PNG, GIF or WebP by
//     its bytes, naming what else it is (unread.go), what has more than [MaxPixels], and
//     a JPEG that orders them to be gone over time and again, before any pixel is
//     decoded (header.go);
//   - it decodes, of an animation the first frame, and turns the picture upright where
//     its EXIF says that the camera was held sideways (orient.go);
//   - it cuts the middle out where a height is asked for, and scales down to at
//     most twice the width (a phone's screen has two pixels and more for each of
//     ours); it never scales up;
//   - it turns the colours of its ICC profile into sRGB's (profile.go), and lays what
//     shows through on a ground on which it is seen in a dark mode, too;
//   - it encodes anew: JPEG, or PNG where that is smaller, as of charts. Nothing of the
//     old file's metadata survives: no place, no camera, no thumbnail, no profile;
//   - it lowers the quality, and then the size, until the bytes are within the
//     budget (encode.go).
package picture
