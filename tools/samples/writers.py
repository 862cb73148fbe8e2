"""How is a file of each kind written? Small, valid files of the formats an office keeps, from plain text.

Standard library only, but for page images, which poppler's pdftoppm draws from the PDF made here. Output depends on the
input alone: time stamps in containers are fixed, so that the same text gives the same bytes.
"""

import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

LINE = 28  # characters a line, as in the layout of official documents (GB/T 9704-2012)
LINES = 22  # lines a page
_EPOCH = (2020, 1, 1, 0, 0, 0)


def lines_of(paragraphs):
    """Breaks paragraphs into lines of LINE characters, the first indented by two."""
    out = []
    for paragraph in paragraphs:
        text = "\u3000\u3000" + paragraph
        out += [text[i : i + LINE] for i in range(0, len(text), LINE)]
    return out


def pages_of(paragraphs):
    lines = lines_of(paragraphs)
    return [lines[i : i + LINES] for i in range(0, len(lines), LINES)] or [[]]


def _zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data if isinstance(data, bytes) else data.encode("utf-8"))


# --- PDF ------------------------------------------------------------------------------------------------------------


def _pdf(objects):
    out = bytearray(b"%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 2 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _stream(data, extra=b""):
    packed = zlib.compress(data, 9)
    return b"<< /Filter /FlateDecode /Length %d %s>>\nstream\n" % (len(packed), extra) + packed + b"\nendstream"


def _show(x, y, size, text):
    return b"BT /F1 %d Tf %d %d Td <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())


def pdf_bytes(title, pages, traditional=False):
    """`pages`: a list of lists of lines. Text is real text, in a CJK font that the reader supplies."""
    font, encoding, ordering = (
        ("MSung-Light", "UniCNS-UCS2-H", "CNS1") if traditional else ("STSong-Light", "UniGB-UCS2-H", "GB1")
    )
    objects = [
        b"<< /Type /Catalog /Pages 3 0 R >>",
        b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode(),
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (7 + 2 * i) for i in range(len(pages)))),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /%s /DescendantFonts [5 0 R] >>"
        % (font.encode(), encoding.encode()),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /FontDescriptor 6 0 R /DW 1000 /W [1 95 500]"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (%s) /Supplement 2 >> >>" % (font.encode(), ordering.encode()),
        b"<< /Type /FontDescriptor /FontName /%s /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880"
        b" /Descent -120 /CapHeight 880 /StemV 93 >>" % font.encode(),
    ]
    for number, lines in enumerate(pages, 1):
        content = b""
        top = 740
        if number == 1:
            content += _show(max(70, 297 - 9 * len(title)), 780, 18, title)
        for i, line in enumerate(lines):
            content += _show(70, top - 29 * i, 16, line)
        content += _show(280, 50, 12, "－%d－" % number)
        objects.append(
            b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>" % (8 + 2 * (number - 1))
        )
        objects.append(_stream(content))
    return _pdf(objects)


def write_pdf(path, title, paragraphs, traditional=False):
    Path(path).write_bytes(pdf_bytes(title, pages_of(paragraphs), traditional))


def page_images(title, paragraphs, kind, dpi=200):
    """The pages as a scanner would give them: a list of PNG or JPEG files' bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.pdf"
        source.write_bytes(pdf_bytes(title, pages_of(paragraphs)))
        option = "-png" if kind == "png" else "-jpeg"
        subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), option, source, Path(folder) / "p"], check=True)
        return [p.read_bytes() for p in sorted(Path(folder).glob("p-*"))]


def jpeg_shape(data):
    """Width, height and number of colour components, from the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big"), data[at + 9]


def write_scanned_pdf(path, title, paragraphs, dpi=200):
    """A PDF whose pages are JPEG images without any text."""
    images = page_images(title, paragraphs, "jpeg", dpi)
    objects = [
        b"<< /Type /Catalog /Pages 3 0 R >>",
        b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode(),
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(images), b" ".join(b"%d 0 R" % (4 + 3 * i) for i in range(len(images)))),
    ]
    for i, image in enumerate(images):
        first = 4 + 3 * i
        width, height, components = jpeg_shape(image)
        objects.append(
            b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /XObject << /Im %d 0 R >> >> >>" % (first + 1, first + 2)
        )
        objects.append(_stream(b"q 595 0 0 842 0 0 cm /Im Do Q"))
        objects.append(
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent 8"
            b" /Filter /DCTDecode /Length %d >>\nstream\n"
            % (width, height, b"DeviceGray" if components == 1 else b"DeviceRGB", len(image)) + image + b"\nendstream"
        )
    Path(path).write_bytes(_pdf(objects))


# --- Office Open XML ------------------------------------------------------------------------------------------------

_TYPES = '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{}</Types>'
_RELS = '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _override(part, kind):
    return f'<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'


def _relation(number, kind, target):
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _core(title):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/'
        '2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title></cp:coreProperties>"
    )


def write_docx(path, title, paragraphs):
    def paragraph(text, style=""):
        return f"<w:p>{style}<w:r><w:t xml:space=\"preserve\">{escape(text)}</w:t></w:r></w:p>"

    body = paragraph(title, '<w:pPr><w:jc w:val="center"/></w:pPr>') + "".join(paragraph(p) for p in paragraphs)
    _zip(path, [
        ("[Content_Types].xml", _TYPES.format(_override("/word/document.xml", "wordprocessingml.document.main"))),
        ("_rels/.rels", _RELS.format(_relation(1, "officeDocument", "word/document.xml")
                                     + '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>')),
        ("docProps/core.xml", _core(title)),
        ("word/document.xml", '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                              f"<w:body>{body}</w:body></w:document>"),
    ])


def _column(index):
    return chr(ord("A") + index)


def write_xlsx(path, title, rows):
    strings = []

    def cell(r, c, value):
        if isinstance(value, (int, float)):
            return f'<c r="{_column(c)}{r}"><v>{value}</v></c>'
        strings.append(value)
        return f'<c r="{_column(c)}{r}" t="s"><v>{len(strings) - 1}</v></c>'

    body = "".join(
        f'<row r="{r}">' + "".join(cell(r, c, v) for c, v in enumerate(row)) + "</row>" for r, row in enumerate(rows, 1)
    )
    sheet_ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    _zip(path, [
        ("[Content_Types].xml", _TYPES.format(
            _override("/xl/workbook.xml", "spreadsheetml.sheet.main")
            + _override("/xl/worksheets/sheet1.xml", "spreadsheetml.worksheet")
            + _override("/xl/sharedStrings.xml", "spreadsheetml.sharedStrings"))),
        ("_rels/.rels", _RELS.format(_relation(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/_rels/workbook.xml.rels", _RELS.format(_relation(1, "worksheet", "worksheets/sheet1.xml")
                                                    + _relation(2, "sharedStrings", "sharedStrings.xml"))),
        ("xl/workbook.xml", f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{sheet_ns}" xmlns:r="{_OFFICE}">'
                            f'<sheets><sheet name="{escape(title[:30])}" sheetId="1" r:id="rId1"/></sheets></workbook>'),
        ("xl/worksheets/sheet1.xml", f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{sheet_ns}"><sheetData>{body}</sheetData></worksheet>'),
        ("xl/sharedStrings.xml", f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{sheet_ns}">'
                                 + "".join(f"<si><t>{escape(s)}</t></si>" for s in strings) + "</sst>"),
    ])


def write_pptx(path, title, slides):
    """`slides`: a list of lists of lines."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    slide_ns = "http://schemas.openxmlformats.org/presentationml/2006/main"

    def slide(lines):
        text = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
        return (f'<?xml version="1.0" encoding="UTF-8"?><p:sld xmlns:a="{drawing}" xmlns:p="{slide_ns}"><p:cSld><p:spTree>'
                f"<p:sp><p:txBody>{text}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>")

    names = [f"slide{i}.xml" for i in range(1, len(slides) + 1)]
    _zip(path, [
        ("[Content_Types].xml", _TYPES.format(
            _override("/ppt/presentation.xml", "presentationml.presentation.main")
            + "".join(_override(f"/ppt/slides/{n}", "presentationml.slide") for n in names))),
        ("_rels/.rels", _RELS.format(_relation(1, "officeDocument", "ppt/presentation.xml")
                                     + '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>')),
        ("docProps/core.xml", _core(title)),
        ("ppt/presentation.xml", f'<?xml version="1.0" encoding="UTF-8"?><p:presentation xmlns:p="{slide_ns}" xmlns:r="{_OFFICE}"><p:sldIdLst>'
                                 + "".join(f'<p:sldId id="{255 + i}" r:id="rId{i}"/>' for i in range(1, len(names) + 1))
                                 + "</p:sldIdLst></p:presentation>"),
        ("ppt/_rels/presentation.xml.rels", _RELS.format("".join(_relation(i, "slide", f"slides/{n}") for i, n in enumerate(names, 1)))),
        *[(f"ppt/slides/{n}", slide(lines)) for n, lines in zip(names, slides)],
    ])


# --- OFD (GB/T 33190-2016) --------------------------------------------------------------------------------------------


def write_ofd(path, title, paragraphs):
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    identifier = 10

    def run(x, y, text):
        nonlocal identifier
        identifier += 1
        return (f'<ofd:TextObject ID="{identifier}" Boundary="{x} {y} {6 * len(text)} 7" Font="3" Size="5.6">'
                f'<ofd:TextCode X="0" Y="5.6" DeltaX="g {max(len(text) - 1, 1)} 5.6">{escape(text)}</ofd:TextCode></ofd:TextObject>')

    members, refs = [], ""
    for number, lines in enumerate(pages_of([title, *paragraphs])):
        # Writers of OFD cut lines into short runs; so do these.
        runs = "".join(run(28 + 5.6 * at, 37 + 10 * i, line[at : at + 13])
                       for i, line in enumerate(lines) for at in range(0, len(line), 13))
        members.append((f"Doc_0/Pages/Page_{number}/Content.xml",
                        f'{head}<ofd:Page {ns}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>'
                        f'<ofd:Content><ofd:Layer ID="{9000 + number}" Type="Body">{runs}</ofd:Layer></ofd:Content></ofd:Page>'))
        refs += f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
    _zip(path, [
        ("OFD.xml", f'{head}<ofd:OFD {ns} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{zlib.crc32(title.encode()):032x}</ofd:DocID>'
                    f"<ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"),
        ("Doc_0/Document.xml", f'{head}<ofd:Document {ns}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>'
                               f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{refs}</ofd:Pages></ofd:Document>"),
        ("Doc_0/PublicRes.xml", f'{head}<ofd:Res {ns} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="仿宋"/></ofd:Fonts></ofd:Res>'),
        *members,
    ])


# --- plain text, HTML, archives ---------------------------------------------------------------------------------------


def write_text(path, title, paragraphs, encoding="utf-8"):
    text = "\r\n".join([title, "", *paragraphs, ""])
    Path(path).write_bytes(text.encode(encoding))


def write_html(path, title, paragraphs, encoding="utf-8"):
    body = "".join(f"<p>{escape(p)}</p>\n" for p in paragraphs)
    Path(path).write_bytes(
        f'<!DOCTYPE html>\n<html><head><meta charset="{encoding}"><title>{escape(title)}</title>'
        f"<style>p {{ text-indent: 2em }}</style></head>\n<body><h1>{escape(title)}</h1>\n{body}</body></html>\n"
        .encode(encoding))


def write_raw_zip(path, members, extra=b""):
    """A ZIP with names of any bytes and no flag that says their encoding, as Chinese programs write GBK.
    `members`: (name, content), both bytes. `extra`: the extra field of each."""
    out, directory = bytearray(), bytearray()
    for raw, data in members:
        crc = zlib.crc32(data)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        common = (
            (20).to_bytes(2, "little") + (0).to_bytes(2, "little") + (8).to_bytes(2, "little")
            + (0).to_bytes(2, "little") + (0x5021).to_bytes(2, "little") + crc.to_bytes(4, "little")
            + len(packed).to_bytes(4, "little") + len(data).to_bytes(4, "little") + len(raw).to_bytes(2, "little")
            + len(extra).to_bytes(2, "little")
        )
        offset = len(out)
        out += b"PK\x03\x04" + common + raw + extra + packed
        directory += (b"PK\x01\x02" + (20).to_bytes(2, "little") + common + bytes(2 + 2 + 2 + 4)
                      + offset.to_bytes(4, "little") + raw + extra)
    end = (b"PK\x05\x06" + bytes(4) + len(members).to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little")
           + len(out).to_bytes(4, "little") + bytes(2))
    Path(path).write_bytes(bytes(out + directory) + end)
