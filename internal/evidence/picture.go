package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

const (
	// pixelsMost is what a picture may have: more is no scan but a trap for whoever opens it.
	pixelsMost = 200_000_000
	// pictureBytes is how much memory reading a picture may take. A larger picture is taken, but has no preview.
	pictureBytes = 64 << 20
)

// errBig says that a picture is too large, or of a make too rare, to be read here. It is a picture all the same.
var errBig = errors.New("the picture is not read here")

func checkJPEG(b *body) error {
	return b.checkPicture(b.jpegEnds())
}

func checkPNG(b *body) error {
	end, err := b.section(b.size-12, 12)
	if err == nil && string(end) != "\x00\x00\x00\x00IEND\xaeB`\x82" {
		err = errors.New("no end mark at the end")
	}
	return b.checkPicture(err)
}

// checkPicture reads a picture whole where there is room for it: what stops in the middle is damage. ends says whether the end of
// the file is the end of a picture.
func (b *body) checkPicture(ends error) error {
	if ends != nil {
		return errDamaged(b.kind.Code, ends)
	}
	if err := b.only(); err != nil {
		return err
	}
	picture, err := b.picture()
	switch {
	case errors.Is(err, errBig):
		return nil
	case errors.Is(err, errTooMany):
		return errPixels()
	case err != nil:
		return errDamaged(b.kind.Code, err)
	}
	b.seen = picture
	return nil
}

var errTooMany = errors.New("too many pixels")

// picture reads the picture; errBig where it would take too much memory.
func (b *body) picture() (image.Image, error) {
	config, decode, each, err := b.pictureSize()
	if err != nil {
		return nil, err
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels == 0 || pixels > pixelsMost {
		return nil, errTooMany
	}
	if pixels*each > pictureBytes {
		return nil, errBig
	}
	picture, err := decode(b.whole())
	if _, rare := errors.AsType[jpeg.UnsupportedError](err); rare {
		return nil, errBig
	}
	if _, rare := errors.AsType[png.UnsupportedError](err); rare {
		return nil, errBig
	}
	return picture, err
}

// pictureSize answers the measures of a picture, what reads it, and how many bytes of memory that takes for each pixel.
func (b *body) pictureSize() (c image.Config, decode func(io.Reader) (image.Image, error), each int64, err error) {
	if b.kind.Code == "png" {
		c, err = png.DecodeConfig(b.whole())
		return c, png.Decode, depth(c.ColorModel), err
	}
	c, err = jpeg.DecodeConfig(b.whole())
	if _, rare := errors.AsType[jpeg.UnsupportedError](err); rare {
		return c, nil, 0, errBig
	}
	progressive, _, walkErr := b.jpegFrame()
	each = depth(c.ColorModel)
	if progressive { // its coefficients are gathered before the first pixel is known, 4 bytes for each byte
		each *= 5
	}
	return c, jpeg.Decode, each, errors.Join(err, walkErr)
}

// depth answers the bytes that a pixel takes in memory, at most.
func depth(m color.Model) int64 {
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.YCbCrModel:
		return 3
	case color.RGBAModel, color.NRGBAModel, color.CMYKModel:
		return 4
	}
	return 8 // 16 bits of four colours
}

// jpegFrame walks through the segments of a JPEG to its pixels: whether they come in several passes, and where they begin.
func (b *body) jpegFrame() (progressive bool, pixels int64, err error) {
	var segment [4]byte
	for at := int64(2); ; {
		if _, err := b.ReadAt(segment[:], at); err != nil {
			return false, 0, err
		}
		marker := segment[1]
		switch {
		case segment[0] != 0xff:
			return false, 0, errors.New("no segment where one should begin")
		case marker == 0xff: // a filler
			at++
			continue
		case marker == 0xc2:
			progressive = true
		case marker == 0xda:
			return progressive, at, nil
		}
		at += 2 + int64(binary.BigEndian.Uint16(segment[2:]))
	}
}

// jpegEnds looks for the end mark behind the pixels, where no other bytes can look like it. What cameras write behind it is theirs.
func (b *body) jpegEnds() error {
	_, at, err := b.jpegFrame()
	if err != nil {
		return err
	}
	const step = 1 << 20
	for ; at < b.size; at += step {
		part, err := b.section(at, step+1)
		if err != nil {
			return err
		}
		if bytes.Contains(part, []byte{0xff, 0xd9}) {
			return nil
		}
	}
	return errors.New("no end mark")
}
