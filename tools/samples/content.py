"""What do a school office's papers say? Titles and paragraphs of an invented school, with a passage in each document that
stands in no other, so that a test knows where it must be found.
"""

SCHOOL = "清源市实验学校"
FONDS = "X021"
SHORT = {"notice": "清实校办", "party": "清实党"}

DEPARTMENTS = [
    ("BGS", "综合办公室"), ("DWB", "党委办公室"), ("JWC", "教务处"), ("XSC", "学生处"),
    ("ZWC", "总务处"), ("CWC", "财务处"), ("KYC", "科研处"), ("BWC", "保卫处"),
]
PEOPLE = ["周明远", "林淑芬", "赵国栋", "欧阳静", "郑晓峰", "何婉清", "孙立群", "吴思齐", "曹雅琴", "陆子衡"]

_PLACES = ["望江楼", "逸夫馆", "明德堂", "格致楼", "弘毅楼", "青藤阁", "知行楼", "博雅堂", "听涛馆", "致远楼", "敬业楼", "春晖园",
           "静思斋", "朝阳堂", "慎独轩", "凌云馆", "百草园", "汇文楼", "勤学斋", "尚美馆", "文渊阁", "树人堂", "沁芳园"]
_SIDES = ["东侧", "西侧", "南侧", "北侧", "二层", "三层", "四层", "五层", "地下", "一层", "连廊", "中庭", "后院", "前厅", "露台",
          "阁楼", "回廊", "夹层", "门厅"]
_ROOMS = ["器材间", "阅览室", "资料室", "广播室", "储藏室", "会客室", "实验室", "琴房", "画室", "值班室", "配电间", "水泵房", "茶水间",
          "编目室", "扫描室", "工具房", "档案库"]


def passage(number):
    """A place that only document `number` speaks of; no passage is part of another."""
    return (_PLACES[number % len(_PLACES)] + _SIDES[number % len(_SIDES)] + _ROOMS[number % len(_ROOMS)])


_SUBJECTS = ["校园安全检查", "新学期开学准备", "教室多媒体设备更新", "食堂卫生监督", "图书馆开放时间调整", "学生体质健康测试",
             "教师继续教育", "校园绿化养护", "实验室危险品管理", "期末考试组织", "家长开放日", "防汛防台值守", "消防演练",
             "固定资产清查", "会议室预约管理", "公务接待", "档案归档移交", "信息化平台升级", "校车运行", "心理健康教育周",
             "运动会筹备", "艺术节展演", "教学成果评选", "暑期维修工程", "寒假值班安排", "招生咨询", "毕业典礼", "校史馆布展",
             "印章使用管理", "办公用品采购"]

_SENTENCES = [
    "各部门要高度重视{subject}工作，明确分管负责人和具体联络人，于{month}月{day}日前将工作方案报送综合办公室备案。",
    "经校长办公会议研究，决定自{year}年{month}月起实施新的{subject}办法，原有规定同时废止。",
    "本次{subject}由{department}牵头，{other}协助，涉及场地、人员和经费的事项须提前五个工作日提出申请。",
    "{person}同志负责现场协调，遇有突发情况应立即报告，不得迟报、漏报、瞒报。",
    "会议听取了{department}关于{subject}进展情况的汇报，肯定了前一阶段的成绩，指出了存在的问题。",
    "与会人员就经费预算、时间节点和责任分工进行了讨论，一致同意按修订后的方案执行。",
    "所需经费从{year}年度预算中列支，总额不超过人民币{money}元，由财务处按进度审核拨付。",
    "工作结束后，应在十个工作日内整理全部材料，按照归档文件整理规则移交档案室。",
    "请各年级组、教研组认真组织学习，结合实际抓好落实，并于月底前反馈执行情况。",
    "检查中发现的隐患要建立台账，逐项整改，整改结果由{person}签字确认。",
]
_TRADITIONAL = [
    "兩岸姊妹學校交流團一行二十人蒞臨本校參訪，雙方就課程發展與學生輔導交換意見。",
    "為落實檔案資訊管理，請各單位於期限內將相關紀錄送交總務處彙整。",
    "圖書館將於暑假期間進行空調與電梯維護，期間閱覽室暫停開放。",
    "與會師長對於學生社團經費運用提出多項建議，決議由學生處研擬辦法。",
    "來訪貴賓參觀了校史館、實驗室與體育館，並觀摩了語文課堂教學。",
    "雙方簽訂備忘錄，約定每學年互派教師與學生進行短期研習。",
]
_ROOM_TRADITIONAL = str.maketrans({
    "楼": "樓", "馆": "館", "东": "東", "侧": "側", "层": "層", "阅": "閱", "览": "覽", "资": "資", "广": "廣", "储": "儲",
    "会": "會", "实": "實", "验": "驗", "画": "畫", "值": "值", "电": "電", "间": "間", "编": "編", "扫": "掃", "档": "檔",
    "库": "庫", "门": "門", "厅": "廳", "后": "後", "园": "園", "斋": "齋", "阳": "陽", "独": "獨", "轩": "軒", "云": "雲",
    "汇": "匯", "学": "學", "尚": "尚", "渊": "淵", "树": "樹", "涛": "濤", "远": "遠", "业": "業", "晖": "暉", "静": "靜",
    "阁": "閣", "连": "連", "弘": "弘", "毅": "毅", "夹": "夾", "图": "圖", "书": "書", "练": "練", "画": "畫", "话": "話", "务": "務", "体": "體", "讯": "訊", "备": "備", "泵": "泵", "张": "張", "录": "錄",
})


def traditional(text):
    return text.translate(_ROOM_TRADITIONAL)


def subject(number):
    return _SUBJECTS[number % len(_SUBJECTS)]


def paragraphs(random, number, count, year):
    """`count` paragraphs about subject(number), the passage of this document in one of the middle ones."""
    chosen = []
    for _ in range(count):
        sentences = random.sample(_SENTENCES, 3)
        first, second = random.sample(DEPARTMENTS, 2)
        chosen.append("".join(s.format(
            subject=subject(number), year=year, month=random.randint(1, 12), day=random.randint(1, 28),
            department=first[1], other=second[1], person=random.choice(PEOPLE), money=random.randint(3, 980) * 100)
            for s in sentences))
    at = count // 2
    chosen[at] += f"具体地点为{passage(number)}，请提前十分钟到场。"
    return chosen


def contract(random, number, year):
    """What was agreed with a supplier about subject(number), on one page; the passage is the place of performance."""
    supplier = random.choice(["明远", "华成", "启智", "安邦", "绿源"]) + random.choice(["科技有限公司", "物业服务有限公司", "建筑工程有限公司"])
    money, days = random.randint(10, 900) * 1000, random.randint(10, 90)
    return [
        f"合同编号：QY-{year}-{number:04}。甲方（委托方）：{SCHOOL}。乙方（受托方）：清源市{supplier}。",
        f"一、甲方委托乙方承担{subject(number)}的相关服务，履行地点为{passage(number)}，履行期限自合同签订之日起{days}日。",
        f"二、合同价款为人民币{money}元，验收合格后{random.randint(5, 30)}个工作日内支付。",
        "三、乙方应当按照约定的标准提供服务；逾期履行的，每逾期一日按合同价款的千分之一支付违约金。",
        f"四、本合同一式肆份，甲乙双方各执贰份。甲方代表：{random.choice(PEOPLE)}。乙方代表：{random.choice(PEOPLE)}。",
    ]


def traditional_paragraphs(random, number, count):
    chosen = ["".join(random.sample(_TRADITIONAL, 3)) for _ in range(count)]
    chosen[count // 2] += f"地點為{traditional(passage(number))}，請準時出席。"
    return chosen
