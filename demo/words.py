"""Parts of invented names, places and texts. None of them is a person; `w_<list>(i)` reads them in SQL."""

from __future__ import annotations

import duckdb

# Surnames and given names are put together from two parts, kanji and kana side by side.
_JP_LAST_A = "青:アオ 朝:アサ 石:イシ 岩:イワ 上:ウエ 梅:ウメ 大:オオ 岡:オカ 片:カタ 神:カミ 北:キタ 草:クサ 黒:クロ"
_JP_LAST_A += " 小:コ 坂:サカ 桜:サクラ 白:シラ 杉:スギ 関:セキ 高:タカ 竹:タケ 中:ナカ 永:ナガ 西:ニシ 野:ノ 浜:ハマ"
_JP_LAST_A += " 藤:フジ 星:ホシ 松:マツ 水:ミズ 南:ミナミ 宮:ミヤ 森:モリ 柳:ヤナギ 雪:ユキ 若:ワカ"
_JP_LAST_B = "田:ダ 山:ヤマ 川:カワ 野:ノ 原:ハラ 井:イ 沢:サワ 島:シマ 村:ムラ 木:キ 瀬:セ 尾:オ"
_JP_FIRST_A = "明:アキ 和:カズ 健:ケン 幸:ユキ 茂:シゲ 孝:タカ 千:チ 直:ナオ 春:ハル 久:ヒサ 文:フミ 真:マ 美:ミ 由:ユ"
_JP_FIRST_B = "子:コ 美:ミ 人:ト 也:ヤ 香:カ 樹:キ 斗:ト 奈:ナ 音:ネ 之:ユキ 代:ヨ 太:タ"
_EAST_LAST = "王:オウ 李:リ 林:リン 陳:チン 金:キム 朴:パク 黄:コウ 呉:ゴ 趙:チョウ 崔:チェ 周:シュウ 鄭:テイ"
_EAST_FIRST = (
    "偉明:イメイ 小麗:ショウレイ 志豪:シゴウ 雅婷:ガテイ 敏俊:ミンジュン 智媛:チウォン 欣怡:シンイ 子軒:シケン"
)
_ASIA_LAST = "AUNG:アウン NGUYEN:グエン TRAN:チャン SHARMA:シャルマ PERERA:ペレラ BATBAYAR:バトバヤル SANTOS:サントス"
_ASIA_LAST += " HTET:テッ PHAM:ファム GURUNG:グルン SILVA:シルバ WIJAYA:ウィジャヤ KYAW:チョー MAUNG:マウン"
_ASIA_FIRST = "MIN THU:ミントゥ THI LAN:ティラン VAN NAM:ヴァンナム KUMARI:クマリ NUWAN:ヌワン TEMUULEN:テムーレン"
_ASIA_FIRST += " MARIA:マリア SU SU:スス ZAW:ゾー HNIN:ニン BUDI:ブディ ANH TUAN:アントゥアン"
_WEST_LAST = "SMITHSON:スミスソン MULLERT:ミュラート DUPONTEL:デュポンテル IVANENKO:イワネンコ ROSSINO:ロッシーノ"
_WEST_LAST += " GARCIANO:ガルシアノ WILDEN:ワイルデン HOLMQUIST:ホルムクイスト"
_WEST_FIRST = "ANNA:アンナ PETER:ピーター LUCA:ルカ MARIE:マリー IVAN:イワン SOFIA:ソフィア JOHN:ジョン EMMA:エマ"

# Ward or city, prefecture, and the middle of it; apartments lie around those points.
_WARDS = """
千代田区:35.694:139.754 中央区:35.671:139.772 港区:35.658:139.752 新宿区:35.694:139.703
文京区:35.708:139.752 台東区:35.713:139.780 墨田区:35.711:139.802 江東区:35.673:139.817
品川区:35.609:139.730 目黒区:35.641:139.698 大田区:35.561:139.716 世田谷区:35.646:139.653
渋谷区:35.664:139.698 中野区:35.707:139.664 杉並区:35.700:139.637 豊島区:35.726:139.717
北区:35.753:139.734 荒川区:35.736:139.783 板橋区:35.751:139.709 練馬区:35.736:139.652
足立区:35.775:139.804 葛飾区:35.743:139.847 江戸川区:35.707:139.868"""
_SUBURBS = """
横浜市:35.444:139.638:神奈川県 川崎市:35.531:139.703:神奈川県
川口市:35.808:139.724:埼玉県 さいたま市:35.861:139.646:埼玉県
市川市:35.722:139.931:千葉県 船橋市:35.695:139.983:千葉県"""

# What breaks naive readers of a dump or a CSV: quotes, separators, escapes, widths, and pairs that collate alike.
NASTY = [
    "O'Brien", 'Anna "Ann" Lee', "back\\slash", "value),(1,'2'", "stop;\nDROP", "tab\there", "田中😀", "ナカタ", "ナガタ",
    "ﾅｶﾞﾀ", "Ａｎｎａ", "Anna", "アンナ,リー", "end\\", "\\'; -- x", "/* not a comment */", "cr\r\nlf", "髙﨑　𠮷男",
    "か゛", "が", "%s {0} $1",
]  # fmt: skip
_MEMOS = [
    "鍵の受け渡しは管理会社の窓口で行い、入居説明は当日に実施する。家賃の引き落としは翌月二十七日から。",
    "口座振替の手続きが未完了のため、翌月分は振込での入金を案内済み。入金確認後に領収書を送付する。",
    "共用部の清掃と設備点検を実施。異常なし。次回の点検は来月を予定し、入居者への掲示を依頼した。",
    "更新の意向を電話で確認。書類一式を郵送し、返送期限を案内した。返送がなければ再度連絡する。",
    "請求金額に差異があったため再計算を行い、差額は次回の請求で相殺する。担当者の承認を得た。",
    "保証会社への申請を完了。審査結果は三営業日以内に届く見込みで、結果を受けて契約書を作成する。",
    "退去立会いの日程を調整中。原状回復の見積もりは立会い後に提示し、敷金の精算を行う予定である。",
    "No remarks. Payment matched automatically by the nightly job; nothing else to do for this record.",
]

_PAIRED = {
    "jp_last_a": _JP_LAST_A, "jp_last_b": _JP_LAST_B, "jp_first_a": _JP_FIRST_A, "jp_first_b": _JP_FIRST_B,
    "east_last": _EAST_LAST, "east_first": _EAST_FIRST, "asia_last": _ASIA_LAST, "asia_first": _ASIA_FIRST,
    "west_last": _WEST_LAST, "west_first": _WEST_FIRST,
}  # fmt: skip
_COMPANIES = "あおば商事 みらい物産 さくら技研 ひかり物流 つばさ食品 はるか電機 しらかば建設 あさひ介護"
_JOBS = "会社員 学生 飲食店勤務 介護職 エンジニア 留学生 アルバイト 派遣社員 販売員 技能実習 建設業 --"
_HOUSES = "ひだまり こもれび みずいろ そよかぜ あかつき しおさい ほしぞら わかば つきかげ いろは"
_KINDS = "ハウス レジデンス コート テラス ヴィラ ﾊﾟﾚｽ"


def install(db: duckdb.DuckDBPyConnection) -> None:
    """Create one macro per list, `w_<name>(i)`, which takes any non-negative integer.

    Args:
        db: the connection the company is built on.
    """
    lists: dict[str, list[str]] = {"nasty": NASTY, "memo": _MEMOS}
    lists |= {"company": _COMPANIES.split(), "job": _JOBS.split(), "house": _HOUSES.split(), "kind": _KINDS.split()}
    for name, text in _PAIRED.items():
        pairs = [entry.split(":") for entry in _entries(text)]
        lists[name] = [pair[0] for pair in pairs]
        lists[f"{name}_kana"] = [pair[1] for pair in pairs]
    wards = [entry.split(":") for entry in _WARDS.split()] * 3 + [entry.split(":") for entry in _SUBURBS.split()]
    lists["ward"] = [ward[0] for ward in wards]
    lists["ward_lat"] = [ward[1] for ward in wards]
    lists["ward_lon"] = [ward[2] for ward in wards]
    lists["ward_prefecture"] = [ward[3] if len(ward) == 4 else "東京都" for ward in wards]
    for name, words in lists.items():
        array = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
        db.execute(f"CREATE MACRO w_{name}(i) AS list_extract([{array}], (1 + i % {len(words)})::BIGINT)")


def _entries(text: str) -> list[str]:
    """Split `A B:ア C:イ` into `A B:ア` and `C:イ`: a given name may hold a blank, its kana never does."""
    entries, head = [], ""
    for word in text.split():
        head = f"{head} {word}".strip()
        if ":" in word:
            entries.append(head)
            head = ""
    return entries
