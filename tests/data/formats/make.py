#!/usr/bin/env python3
"""Makes the files of this folder anew with the real programs, and expected.json: what a reader of each sees in it. Texts are
written here; nothing is taken from what Lantai reads. Needs LibreOffice, ghostscript, qpdf, p7zip-full, zstd, xorriso, cpio,
imagemagick, ffmpeg and the Noto CJK fonts.

    tests/data/formats/make.py [NAME…]   only the files whose names begin so
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tools/samples"))
from writers import write_raw_zip  # noqa: E402

ONLY = tuple(sys.argv[1:])
EXPECTED = {}

TITLE = "第一中学关于做好校庆筹备工作的通知"
LEFT = ["左栏第一句说明筹备的目的。", "左栏第二句列出分工名单。"]
RIGHT = ["右栏第一句规定完成期限。", "右栏第二句写明联系电话。"]
HEADER, FOOTER = "校办公室内部资料", "联系人王芳分机八零二"
TABLE = [["部门", "任务", "期限"], ["教务处", "编印纪念册", "2021-03-05"], ["总务處", "修繕禮堂", "2021-04-01"]]
FOOTNOTE, COMMENT, HIDDEN = "脚注说明数据来源", "批注建议提前一周", "隐藏文字不对外公布"
SPEECH = ["幻灯片标题校史回顾", "要点一创办于一九五二年", "备注提醒播放影片"]

OFFICE = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
          'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
          'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
          'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
          'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
          'office:version="1.2"')
FONT = '<style:text-properties style:font-name-asian="Noto Sans CJK SC" fo:font-family="Noto Sans CJK SC" style:font-family-asian="Noto Sans CJK SC"/>'


def run(*command, **more):
    done = subprocess.run([str(one) for one in command], capture_output=True, check=False, **more)
    if done.returncode not in (0, 3):  # qpdf: warnings
        sys.exit(f"{command}: {done.returncode}\n{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout


def table_xml(rows):
    cells = lambda row: "".join(f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in row)
    return f'<table:table table:name="t"><table:table-column table:number-columns-repeated="3"/>' + "".join(
        f"<table:table-row>{cells(row)}</table:table-row>" for row in rows) + "</table:table>"


def document():
    """Header and footer, two columns, a table, a footnote, a comment, hidden text, a deletion that is tracked, ruby, page 2."""
    columns = ('<style:style style:name="Two" style:family="section"><style:section-properties text:dont-balance-text-columns="true">'
               '<style:columns fo:column-count="2" fo:column-gap="1cm"><style:column style:rel-width="1*"/><style:column style:rel-width="1*"/>'
               "</style:columns></style:section-properties></style:style>")
    styles = (columns + '<style:style style:name="Hidden" style:family="text"><style:text-properties text:display="none"/></style:style>'
              '<style:style style:name="Break" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>'
              '<style:style style:name="Column" style:family="paragraph"><style:paragraph-properties fo:break-before="column"/></style:style>'
              '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/>'
              "<style:header-style/><style:footer-style/></style:page-layout>")
    changes = ('<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>a</dc:creator>'
               "<dc:date>2021-03-05T00:00:00</dc:date></office:change-info><text:p>已经删去的旧句子</text:p></text:deletion></text:changed-region></text:tracked-changes>")
    left = "".join(f"<text:p>{one}</text:p>" for one in LEFT)
    right = f'<text:p text:style-name="Column">{RIGHT[0]}</text:p><text:p>{RIGHT[1]}</text:p>'
    body = (f"{changes}<text:h text:outline-level=\"1\">{TITLE}</text:h>"
            f'<text:section text:name="s" text:style-name="Two">{left}{right}</text:section>'
            f"<text:p>正文段落<text:change text:change-id=\"c1\"/>带有脚注"
            f'<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>{FOOTNOTE}</text:p></text:note-body></text:note>'
            f"和批注<office:annotation><dc:creator>李明</dc:creator><text:p>{COMMENT}</text:p></office:annotation>。"
            f'<text:span text:style-name="Hidden">{HIDDEN}</text:span></text:p>'
            f"<text:p>注音<text:ruby><text:ruby-base>龘</text:ruby-base><text:ruby-text>dá</text:ruby-text></text:ruby>字结束</text:p>"
            f"{table_xml(TABLE)}<text:p text:style-name=\"Break\">第二页写着附件目录与落款日期。</text:p>")
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {OFFICE} office:mimetype="application/vnd.oasis.opendocument.text">'
            f"<office:meta><dc:title>{TITLE}</dc:title><dc:creator>王芳</dc:creator></office:meta>"
            f'<office:styles><style:default-style style:family="paragraph">{FONT}</style:default-style></office:styles>'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f'<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L"><style:header><text:p>{HEADER}</text:p></style:header>'
            f"<style:footer><text:p>{FOOTER}</text:p></style:footer></style:master-page></office:master-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document>")


def sheet():
    dated = ('<number:date-style style:name="N1"><number:year number:style="long"/><number:text>年</number:text><number:month/>'
             "<number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>"
             '<number:percentage-style style:name="N2"><number:number number:decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>'
             '<style:style style:name="D" style:family="table-cell" style:data-style-name="N1"/><style:style style:name="P" style:family="table-cell" style:data-style-name="N2"/>')
    row = lambda *cells: "<table:table-row>" + "".join(cells) + "</table:table-row>"
    said = lambda value: f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    rows = (row(said("设备"), said("数量"), said("购置日期"), said("完好率"))
            + row(said("课桌椅"), '<table:table-cell office:value-type="float" office:value="1250"/>',
                  '<table:table-cell table:style-name="D" office:value-type="date" office:date-value="2021-03-05"/>',
                  '<table:table-cell table:style-name="P" office:value-type="percentage" office:value="0.985"/>'))
    second = row(said("第二张工作表的内容"))
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {OFFICE} office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
            f"<office:automatic-styles>{dated}</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="设备清单"><table:table-column table:number-columns-repeated="4"/>{rows}</table:table>'
            f'<table:table table:name="备注表"><table:table-column/>{second}</table:table></office:spreadsheet></office:body></office:document>')


def slides():
    frame = lambda y, text: f'<draw:frame svg:x="2cm" svg:y="{y}cm" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>'
    notes = f'<presentation:notes><draw:frame presentation:class="notes" svg:x="2cm" svg:y="14cm" svg:width="16cm" svg:height="10cm"><draw:text-box><text:p>{SPEECH[2]}</text:p></draw:text-box></draw:frame></presentation:notes>'
    page = f'<draw:page draw:name="a" draw:master-page-name="M">{frame(2, SPEECH[0])}{frame(8, SPEECH[1])}{notes}</draw:page><draw:page draw:name="b" draw:master-page-name="M">{frame(2, "第二张幻灯片致谢")}</draw:page>'
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {OFFICE} office:mimetype="application/vnd.oasis.opendocument.presentation">'
            '<office:automatic-styles><style:page-layout style:name="L"><style:page-layout-properties fo:page-width="25cm" fo:page-height="19cm"/></style:page-layout></office:automatic-styles>'
            '<office:master-styles><style:master-page style:name="M" style:page-layout-name="L"/></office:master-styles>'
            f"<office:body><office:presentation>{page}</office:presentation></office:body></office:document>")


def drawing():
    frame = '<draw:frame svg:x="2cm" svg:y="2cm" svg:width="12cm" svg:height="2cm"><draw:text-box><text:p>校舍平面图图例</text:p></draw:text-box></draw:frame>'
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {OFFICE} office:mimetype="application/vnd.oasis.opendocument.graphics">'
            '<office:automatic-styles><style:page-layout style:name="L"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/></style:page-layout></office:automatic-styles>'
            '<office:master-styles><style:master-page style:name="M" style:page-layout-name="L"/></office:master-styles>'
            f'<office:body><office:drawing><draw:page draw:master-page-name="M">{frame}</draw:page></office:drawing></office:body></office:document>')


# What every form of the document has. LibreOffice prints what is deleted but still tracked, struck out.
WHOLE = [TITLE, *LEFT, *RIGHT, FOOTNOTE, *sum(TABLE, []), "第二页写着附件目录与落款日期"]
IN_ORDER = [TITLE, *LEFT, *RIGHT, "正文段落", "教务处", "编印纪念册", "第二页"]
GONE = ["已经删去的旧句子"]
SHEET = ["设备清单", "课桌椅", "第二张工作表的内容"]


def expect(name, **what):
    EXPECTED[name] = what


def wanted(name):
    return not ONLY or name.startswith(ONLY)


def convert(source, kind, name):
    """By LibreOffice; `kind` as --convert-to takes it."""
    if not wanted(name):
        return
    with tempfile.TemporaryDirectory() as folder:
        run("soffice", f"-env:UserInstallation=file:///tmp/lantai-formats-profile", "--headless", "--convert-to", kind, "--outdir", folder, source)
        made = next(Path(folder).iterdir())
        shutil.move(made, HERE / name)


def made_by_libreoffice(sources):
    text = {"contains": WHOLE}
    for extension, kind, more in (
            ("odt", "odt", {"media_type": "application/vnd.oasis.opendocument.text", "order": IN_ORDER, "contains": [*WHOLE, HEADER, FOOTER, f"[李明: {COMMENT}]"], "absent": GONE, "hidden": HIDDEN}),
            ("docx", "docx:MS Word 2007 XML", {"puid": "fmt/412", "order": IN_ORDER, "contains": [*WHOLE, HEADER, FOOTER], "absent": GONE, "hidden": HIDDEN}),
            ("doc", "doc:MS Word 97", {"puid": "fmt/40", "order": IN_ORDER, "contains": [*WHOLE, HEADER, FOOTER], "pages": 2}),
            ("rtf", "rtf", {"media_type": "application/rtf", "order": IN_ORDER, "contains": [*WHOLE, HEADER, FOOTER]}),
            ("pdf", "pdf", {"order": [*LEFT, *RIGHT, "正文段落", "教务处"], "contains": [*WHOLE, HEADER, FOOTER], "pages": 2, "absent": [HIDDEN], "on_page": {"2": ["附件目录"]}}),
            ("html", "html:XHTML Writer File:UTF8", {}),
            ("epub", "epub", {"media_type": "application/epub+zip"})):
        convert(sources["document"], kind, f"document.{extension}")
        expect(f"document.{extension}", **{**text, **more})
    upright = Path(sources["document"]).with_name("vertical.fodt")
    upright.write_text(document().replace("<style:page-layout-properties ", '<style:page-layout-properties style:writing-mode="tb-rl" '), "utf-8")
    convert(upright, "pdf", "vertical.pdf")
    expect("vertical.pdf", contains=[TITLE, *LEFT, *RIGHT], lines=[TITLE], order=[TITLE, *LEFT, *RIGHT])
    for name, source, kind, phrases in (("document.uot", "document", "text", [TITLE, "正文段落", *sum(TABLE, [])]), ("sheet.uos", "sheet", "spreadsheet", SHEET),
                                        ("slides.uop", "slides", "presentation", SPEECH[:2])):
        convert(sources[source], name[-3:], name)
        expect(name, media_type="application/vnd.uof." + kind, contains=phrases)
    for version, number, puid in ((1, "PDF/A-1a", "fmt/95"), (2, "PDF/A-2b", "fmt/477"), (3, "PDF/A-3b", "fmt/480")):
        name = f"archival-{version}.pdf"
        convert(sources["document"], 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"%d"}}' % version, name)
        expect(name, contains=[TITLE, *LEFT], metadata={"archival": number}, puid=puid)
    for extension, kind, more in (("ods", "ods", {}), ("xlsx", "xlsx:Calc MS Excel 2007 XML", {"puid": "fmt/214"}), ("xls", "xls:MS Excel 97", {})):
        convert(sources["sheet"], kind, f"sheet.{extension}")
        expect(f"sheet.{extension}", contains=[*SHEET, "1250", "98.5%"], cells=[["设备", "数量", "购置日期", "完好率"]], **more)
    convert(sources["sheet"], "csv:Text - txt - csv (StarCalc):44,34,76", "sheet.csv")
    expect("sheet.csv", contains=["课桌椅", "1250", "98.5%"], cells=[["设备", "数量"]])
    for extension, kind, more in (("odp", "odp", {}), ("pptx", "pptx:Impress MS PowerPoint 2007 XML", {"puid": "fmt/215"}), ("ppt", "ppt:MS PowerPoint 97", {"puid": "fmt/126"})):
        convert(sources["slides"], kind, f"slides.{extension}")
        expect(f"slides.{extension}", contains=[*SPEECH, "第二张幻灯片致谢"], pages=2, on_page={"1": SPEECH[:2], "2": ["致谢"]}, **more)
    convert(sources["slides"], "pdf", "slides.pdf")
    expect("slides.pdf", contains=SPEECH[:2], pages=2)
    convert(sources["drawing"], "odg", "drawing.odg")
    expect("drawing.odg", contains=["校舍平面图图例"])
    convert(sources["drawing"], "svg", "drawing.svg")
    expect("drawing.svg", contains=["校舍平面图图例"])


def pdf_variants():
    source = HERE / "document.pdf"
    for name, options, more in (
            ("linear.pdf", ["--linearize"], {}), ("objects.pdf", ["--object-streams=generate"], {}), ("plain.pdf", ["--qdf"], {}),
            ("owner.pdf", ["--encrypt", "", "owner", "256", "--print=none", "--"], {}),
            ("password.pdf", ["--encrypt", "secret", "owner", "256", "--"], {"error": "encrypted"})):
        if wanted(name):
            run("qpdf", *options, source, HERE / name)
        expect(name, **(more or {"contains": [TITLE, *RIGHT], "pages": 2}))
    if wanted("old.pdf"):
        run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-dCompatibilityLevel=1.3", f"-sOutputFile={HERE / 'old.pdf'}", HERE / "slides.pdf")
    expect("old.pdf", puid="fmt/17", contains=SPEECH[:2], pages=2)
    if wanted("scanned.pdf"):
        with tempfile.TemporaryDirectory() as folder:
            run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfimage8", "-r200", f"-sOutputFile={folder}/s.pdf", HERE / "slides.pdf")
            shutil.move(f"{folder}/s.pdf", HERE / "scanned.pdf")
    expect("scanned.pdf", contains=["校史回顾", "第二张幻灯片"], pages=2, ocr=True)


def pictures():
    font = run("fc-match", "-f", "%{file}", "Noto Sans CJK SC:lang=zh-cn").decode()
    line = "图书馆开放时间"
    base = ["convert", "-size", "900x200", "xc:white", "-font", font, "-pointsize", "64", "-annotate", "+60+120", line]
    for name, options in (("line.png", []), ("line.jpg", ["-quality", "90"]), ("line.gif", []), ("line.bmp", ["-type", "Palette", "-compress", "none"]), ("runs.bmp", ["-type", "Palette", "-compress", "RLE"]), ("line.webp", []), ("line.tif", ["-compress", "zip"]), ("line.heic", []), ("line.avif", [])):
        if wanted(name):
            run(*base, *options, HERE / name)
        expect(name, contains=[line], ocr=True)
    if wanted("pages.tif"):
        second = ["(", "-size", "900x200", "xc:white", "-font", font, "-pointsize", "40", "-annotate", "+60+120", "食堂卫生检查", ")"]
        run(*base, *second, "-threshold", "60%", "-compress", "group4", HERE / "pages.tif")
    expect("pages.tif", contains=[line, "食堂卫生检查"], pages=2, on_page={"1": [line], "2": ["食堂卫生检查"]}, ocr=True)


def sounds():
    tags = ["-metadata", "title=校歌录音", "-metadata", "artist=合唱团"]
    for name, options in (("song.mp3", []), ("song.ogg", []), ("song.flac", []), ("song.m4a", [])):
        if wanted(name):
            run("ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=1", *tags, *options, HERE / name)
        expect(name, title="校歌录音", metadata={"author": "合唱团"})
    if wanted("film.mp4"):
        run("ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "color=size=64x48:duration=1", "-metadata", "title=校庆影片", HERE / "film.mp4")
    expect("film.mp4", title="校庆影片", metadata={"width": "64", "height": "48"})


def archives():
    members = {"通知/正文.txt": "包里的通知正文", "說明.txt": "包裡的說明文字"}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in members.items():
            path = Path(folder) / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        top = Path(folder) / "in"
        commands = {
            "pack.7z": ["7z", "a", "-bd"], "pack.zip": ["7z", "a", "-bd", "-tzip"],
            "secret.zip": ["7z", "a", "-bd", "-tzip", "-psecret", "-mem=AES256"], "secret.7z": ["7z", "a", "-bd", "-psecret", "-mhe=on"]}
        for name, command in commands.items():
            if wanted(name):
                (HERE / name).unlink(missing_ok=True)
                run(*command, HERE / name, ".", cwd=top)
        for suffix in ("", ".gz", ".bz2", ".xz", ".zst"):
            name = "pack.tar" + suffix
            if wanted(name):
                run("tar", "--auto-compress", "-cf", HERE / name, *members, cwd=top)
        if wanted("pack.iso"):
            run("xorriso", "-as", "mkisofs", "-quiet", "-J", "-R", "-o", HERE / "pack.iso", top)
        if wanted("pack.cpio"):
            (HERE / "pack.cpio").write_bytes(run("cpio", "-o", "-H", "newc", "--quiet", input="\n".join(members).encode(), cwd=top))
        if wanted("gbk.zip"):
            write_raw_zip(HERE / "gbk.zip", [(name.encode("gb18030"), text.encode()) for name, text in members.items()])
    for name in [*(n for n in commands if not n.startswith("secret")), "pack.tar", "pack.iso", "pack.cpio", "gbk.zip"]:
        expect(name, members={path: [text] for path, text in members.items()})
    for suffix in (".gz", ".bz2", ".xz", ".zst"):  # an archive within a compressed file
        expect("pack.tar" + suffix, members={"pack.tar!/" + path: [text] for path, text in members.items()})
    expect("secret.zip", encrypted_members=list(members))
    expect("secret.7z", error="encrypted")


def texts():
    sentence = "关于开展读书月活动的通知，请各班于三月五日前报送名单。"
    traditional = "關於開展讀書月活動的通知，請各班於三月五日前報送名單。"
    for name, encoding, text in (("utf8.txt", "utf-8", sentence), ("bom.txt", "utf-8-sig", sentence), ("utf16le.txt", "utf-16", sentence),
                                 ("utf16be.txt", "utf-16-be", "\ufeff" + sentence), ("gb18030.txt", "gb18030", sentence), ("big5.txt", "big5", traditional)):
        if wanted(name):
            (HERE / name).write_bytes(text.encode(encoding))
        expect(name, media_type="text/plain", text=text.replace("\ufeff", ""))
    others = {
        "note.md": ("# 读书月\n\n- 第一周 *朗诵*\n- 第二周 [书评](http://example.org)\n", {"contains": ["读书月", "朗诵", "书评"], "media_type": "text/markdown"}),
        "data.xml": ('<?xml version="1.0" encoding="GB18030"?><通知><标题>读书月</标题><正文>三月开始</正文></通知>', {"contains": ["读书月", "三月开始"], "encoding": "gb18030"}),
        "data.json": ('{"标题": "读书月", "开始": "三月"}', {"contains": ["读书月", "三月"]}),
        "table.tsv": ("班级\t人数\n一班\t42\n", {"cells": [["班级", "人数"], ["一班", "42"]]}),
        "page.html": ('<html><head><meta charset="gbk"><title>读书月</title><style>p{color:red}</style></head><body><p>第一段</p>'
                      "<table><tr><td>甲</td><td>乙</td></tr></table><script>var x='脚本';</script><ruby>龘<rt>dá</rt></ruby></body></html>",
                      {"contains": ["第一段"], "absent": ["脚本", "color"], "cells": [["甲", "乙"]], "title": "读书月", "encoding": "gb18030"}),
    }
    for name, (text, more) in others.items():
        encoding = more.pop("encoding", "utf-8")
        if wanted(name):
            (HERE / name).write_bytes(text.encode(encoding))
        expect(name, **more)


def mail():
    encoded = lambda text, charset: f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
    inner = f"From: b@example.org\nTo: c@example.org\nSubject: {encoded('转来的旧信', 'utf-8')}\nDate: Thu, 4 Mar 2021 08:00:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n旧信的内容。\n"
    body = "".join(f"={byte:02X}" for byte in "请查收会议材料。".encode("gb18030"))
    attached = base64.b64encode("附件里的议程".encode()).decode()
    message = (f"From: {encoded('王芳', 'gb18030')} <wang@example.org>\nTo: office@example.org\nSubject: {encoded('会议材料', 'gb18030')}\n"
               "Date: Fri, 5 Mar 2021 08:00:00 +0800\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
               f"Content-Type: text/plain; charset=gb18030\nContent-Transfer-Encoding: quoted-printable\n\n{body}\n--x\n"
               "Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment; filename*=utf-8''%E8%AE%AE%E7%A8%8B.txt\n"
               f"Content-Transfer-Encoding: base64\n\n{attached}\n--x\nContent-Type: message/rfc822\n\n{inner}\n--x--\n")
    if wanted("letter.eml"):
        (HERE / "letter.eml").write_text(message, "utf-8", newline="\n")
    expect("letter.eml", title="会议材料", contains=["请查收会议材料。"], members={"议程.txt": ["附件里的议程"]}, anywhere=["旧信的内容。"])
    if wanted("letters.mbox"):
        (HERE / "letters.mbox").write_text("".join(f"From x@example.org Fri Mar  5 08:00:00 2021\n{one}\n" for one in (inner, inner.replace("旧信的内容", "另一封信"))), "utf-8", newline="\n")
    expect("letters.mbox", anywhere=["旧信的内容。", "另一封信。"])


def broken():
    folder = HERE / "broken"
    folder.mkdir(exist_ok=True)

    def put(name, content, **what):
        if wanted("broken/" + name):
            (folder / name).write_bytes(content)
        expect("broken/" + name, **what)

    def repacked(source, change):
        with tempfile.TemporaryFile() as out:
            with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
                for info in old.infolist():
                    content = change(info.filename, old.read(info))
                    if content is not None:
                        new.writestr(info, content)
            out.seek(0)
            return out.read()

    pdf, docx, packed = (HERE / "document.pdf").read_bytes(), "document.docx", (HERE / "pack.zip").read_bytes()
    put("half.pdf", pdf[:len(pdf) // 2], error="damaged")
    put("no-xref.pdf", pdf.replace(b"startxref", b"startxxxx"), contains=[TITLE])
    put("no-document.docx", repacked(docx, lambda name, content: None if name == "word/document.xml" else content), error="damaged")
    put("half.docx", (HERE / docx).read_bytes()[:6000], error="damaged")
    put("no-strings.xlsx", repacked("sheet.xlsx", lambda name, content: None if name == "xl/sharedStrings.xml" else content), some_error=True)
    put("not-xml.docx", repacked(docx, lambda name, content: content[:-40] if name == "word/document.xml" else content), some_error=True)
    put("half.zip", packed[:len(packed) * 2 // 3], some_error=True)
    stored = tempfile.mktemp()
    with zipfile.ZipFile(stored, "w") as one:
        one.writestr("a.txt", "原来的内容")
    put("wrong-crc.zip", Path(stored).read_bytes().replace("原来".encode(), "改过".encode()), some_error=True)
    os.unlink(stored)
    seven = bytearray((HERE / "pack.7z").read_bytes())
    seven[-20:] = bytes(20)
    put("header.7z", bytes(seven), some_error=True)
    put("half.tar.xz", (HERE / "pack.tar.xz").read_bytes()[:-40], some_error=True)
    put("trailing.tar.gz", (HERE / "pack.tar.gz").read_bytes() + b"garbage behind the end", anywhere=["包里的通知正文"])
    png = (HERE / "line.png").read_bytes()
    put("half.png", png[:len(png) // 2], some_error=True)
    jpeg = (HERE / "line.jpg").read_bytes()
    put("half.jpg", jpeg[:len(jpeg) // 2], ends=True)
    tiff = bytearray((HERE / "line.tif").read_bytes())
    first = int.from_bytes(tiff[4:8], "little")
    count = int.from_bytes(tiff[first:first + 2], "little")
    tiff[first + 2 + 12 * count:first + 6 + 12 * count] = first.to_bytes(4, "little")
    put("loop.tif", bytes(tiff), ends=True)
    ole = bytearray((HERE / "document.doc").read_bytes())
    sector = (int.from_bytes(ole[76:80], "little") + 1) * 512
    for at in range(sector, sector + 512, 4):
        ole[at:at + 4] = (1).to_bytes(4, "little")
    put("loop.doc", bytes(ole), some_error=True)
    put("half.eml", (HERE / "letter.eml").read_bytes()[:900], contains=["请查收会议材料。"])
    put("not-well-formed.xml", "<?xml version='1.0'?><a><b>读书月</a>".encode(), contains=["读书月"])
    put("wrong-mimetype.odt", repacked("document.odt", lambda name, content: b"application/x-unknown" if name == "mimetype" else content), ends=True)
    put("empty.pdf", b"%PDF-1.7\n%%EOF\n", error="damaged")
    glyphs = "".join(f"{number} 0 obj{content}endobj\n" for number, content in enumerate((
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 1/LastChar 9/Widths[9 9 9 9 9 9 9 9 9]/Encoding<</Differences[1/g1/g2/g3/g4/g5/g6/g7/g8/g9]>>/CharProcs<<>>>>",
        "<</Length 60>>stream\nBT /F 20 Tf 50 700 Td (\1\2\3\4\5\6\7\10\11\1\2\3\4\5\6\7\10\11) Tj ET\nendstream"), 1))
    put("glyphs.pdf", ("%PDF-1.4\n" + glyphs + "trailer<</Root 1 0 R/Size 6>>\n%%EOF\n").encode("latin-1"), ends=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        sources = {}
        for name, extension, made in (("document", "fodt", document()), ("sheet", "fods", sheet()), ("slides", "fodp", slides()), ("drawing", "fodg", drawing())):
            sources[name] = Path(folder) / f"{name}.{extension}"
            sources[name].write_text(made, "utf-8")
        made_by_libreoffice(sources)
    pdf_variants()
    pictures()
    sounds()
    archives()
    texts()
    mail()
    broken()
    (HERE / "expected.json").write_text(json.dumps(EXPECTED, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
