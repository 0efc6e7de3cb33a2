package evidence

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"io"

	"golang.org/x/image/draw"
)

const (
	previewEdge    = 1200 // pixels of the longer side: a stamped list can still be read
	previewQuality = 75   // of JPEG
)

// reduce writes a reduced picture. It is made of pixels only: nothing of the bytes that were handed in is in it.
func reduce(w io.Writer, picture image.Image, orientation int) error {
	small := image.NewRGBA(image.Rectangle{Max: fit(picture.Bounds().Size())})
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // under what is transparent
	draw.ApproxBiLinear.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return jpeg.Encode(w, turned(small, orientation), &jpeg.Options{Quality: previewQuality})
}

// fit answers the measures of a picture reduced to the edge of previews; a smaller one stays as it is.
func fit(p image.Point) image.Point {
	long := max(p.X, p.Y)
	if long <= previewEdge {
		return p
	}
	return image.Point{max(p.X*previewEdge/long, 1), max(p.Y*previewEdge/long, 1)}
}

// turned answers a picture as it was seen when it was taken. The orientations are those of Exif, 1 to 8: how the first row and the
// first column of the pixels lie.
func turned(p *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	size := image.Point{w, h}
	if orientation >= 5 {
		size = image.Point{h, w}
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := [...]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[orientation]
			out.SetRGBA(to.X, to.Y, p.RGBAAt(x, y))
		}
	}
	return out
}

// orientation answers how a camera was held (tag 0x0112 of the first Exif directory), 1 where nothing says otherwise.
func (b *body) orientation() int {
	if b.kind.Code != "jpg" {
		return 1
	}
	head, err := b.section(0, 64<<10)
	if err != nil {
		return 1
	}
	for at := 2; at+4 <= len(head) && head[at] == 0xff && head[at+1] != 0xda; {
		length := int(binary.BigEndian.Uint16(head[at+2:]))
		if end := min(at+2+length, len(head)); head[at+1] == 0xe1 && at+10 <= end && string(head[at+4:at+10]) == "Exif\x00\x00" {
			return exifOrientation(head[at+10 : end])
		}
		at += 2 + length
	}
	return 1
}

// exifOrientation reads the tag from a TIFF header and its first directory.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 10 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for n := int(order.Uint16(tiff[at:])); n > 0 && len(entries) >= 12; n, entries = n-1, entries[12:] {
		if order.Uint16(entries) == 0x0112 {
			return int(order.Uint16(entries[8:]))
		}
	}
	return 1
}
