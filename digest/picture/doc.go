// Package picture makes a story's picture fit for mail. It is pure: bytes in,
// bytes out.
//
// What [Fit] does, in order:
//
//   - it reads the header alone and refuses what is not a JPEG, PNG, GIF or WebP,
//     and what has more than [MaxPixels], before any pixel is decoded;
//   - it decodes, and turns the picture upright where its EXIF says that the
//     camera was held sideways;
//   - it cuts the middle out where a height is asked for, and scales down to at
//     most twice the width (a phone's screen has two pixels and more for each of
//     ours); it never scales up;
//   - it encodes anew: JPEG, or PNG where something shows through. Nothing of the
//     old file's metadata survives: no place, no camera, no thumbnail;
//   - it lowers the quality, and then the size, until the bytes are within the
//     budget.
package picture
