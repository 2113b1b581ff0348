"""Titles and notes of the panels: what is counted, and its unit."""

from __future__ import annotations

PANELS: dict[str, tuple[str, str]] = {
    "months_title": ("月別合計(室・件)", "Totals by month (rooms, contracts)"),
    "months_note": (
        "新規入居・退去は部屋の数で、再契約と部屋の移動は含みません。退去は退去予定日で数えます。途中の月は基準日までの合計。データのない日がある月は、その日を除いた合計です。",
        "New move-ins and move-outs count rooms, without renewals and moves between rooms. A move-out counts on its planned day. "
        "A month so far ends on the as-of day. "
        "A month with days without data is the total of its other days.",
    ),
    "worst_title": ("入居率の低い10物件(%)", "Ten properties with the lowest occupancy rate (%)"),
    "best_title": ("入居率の高い10物件(%)", "Ten properties with the highest occupancy rate (%)"),
    "overdue_title": ("予定日を過ぎた退去予定(件)", "Pending move-out notices past their planned day (count)"),
    "overdue_note": (
        "入居が続いているか、契約の終了処理がまだです。古いものほど、処理漏れの可能性が高くなります。",
        "The tenant stayed, or the contract was not closed. The older one is, the more likely nobody closed it.",
    ),
    "rate_title": ("日別の入居率(貸出可能室に対する%)", "Occupancy rate by day (% of the rooms to let)"),
    "rate_note": (
        "貸出可能室数は、その日の物件ファイルの部屋数、または経営側で合意した数です。実線は実績、破線は締結済み契約と解約通知による見込み。データのない日は線が途切れます。",
        "Rooms to let: the rooms in the day's property file, or a number that the managers agreed on. Solid: facts. "
        "Dashed: projection from signed contracts and notices. A day without data breaks the line.",
    ),
    "moves_title": ("日別の新規入居・退去・純増減(室)", "New move-ins, move-outs and net by day (rooms)"),
    "moves_note": (
        "基準日より後は見込み(淡色)。退去は下向きで、退去予定日で数えます。",
        "After the as-of day it is projection (pale). Move-outs point down and count on their planned day.",
    ),
    "balance_title": ("入居室数の増減の内訳(室)", "Occupied rooms: from the start to the end (rooms)"),
    "balance_note": (
        "期初 + 新規入居 − 退去 + 日付のない増減 = 期末。日付のない増減は、部屋の移動、取消や訂正、日付の入力漏れ、データのない日の入退去などです。",
        "Start + move-ins − move-outs + not explained = end. Not explained: moves between rooms, cancelled or corrected contracts, "
        "dates that nobody entered, and moves on days without data.",
    ),
    "types_title": ("契約区分別の入居室数(室)", "Occupied rooms by tenant type (rooms)"),
    "types_note": (
        "「現契約以外のみ」: 入居者情報が現在の契約としていない未終了の契約だけで入居と数えた部屋。",
        "Not by a current contract: rooms that only an open contract holds which its tenant's row does not name as the current one.",
    ),
    "places_title": ("市区町村別の入居率と空室(%・室)", "Occupancy rate and empty rooms by municipality (%, rooms)"),
    "properties_title": ("物件別の入居率と空室(%・室)", "Occupancy rate and empty rooms by property (%, rooms)"),
    "moveins_time_title": ("期間内の入居(件)", "Move-ins (count)"),
    "moveins_time_note": (
        "再契約を含む契約の数。新規入居の部屋の数は「入居率」のページにあります。期間の端の週・月は一部だけの場合があります。",
        "Contracts, renewals too. New move-ins in rooms are on the page Occupancy. The first and last week or month may be a part.",
    ),
    "moveins_months_title": (
        "月別の入居、前年との比較(件)",
        "Move-ins by month, with the year before (count)",
    ),
    "moveins_type_title": ("入居: 契約区分別(件)", "Move-ins, by tenant type (count)"),
    "movein_renewal_flag_title": (
        "入居: その後の再契約の有無(件)",
        "Move-ins, by whether the contract was renewed since (count)",
    ),
    "movein_lead_time_bucket_title": (
        "入居: 契約から開始までの日数別(件)",
        "Move-ins, by days from signing to start (count)",
    ),
    "movein_channel_title": ("入居: 契約チャンネル別(件)", "Move-ins, by channel (count)"),
    "movein_channel_note": (
        "元データにチャンネルの名前はありません。番号は元データのコードです。",
        "The source has no names for channels. The number is its code.",
    ),
    "movein_nationality_title": ("入居: 国籍別(件)", "Move-ins, by nationality (count)"),
    "movein_age_group_title": ("入居: 年齢別(件)", "Move-ins, by age (count)"),
    "movein_rent_range_title": ("入居: 月額賃料別(件)", "Move-ins, by monthly rent (count)"),
    "moveouts_time_title": ("期間内の退去による契約終了(件)", "Contracts that end by a move-out (count)"),
    "moveouts_time_note": (
        "契約の数。退去した部屋の数は「入居率」のページにあります。期間の端の週・月は一部だけの場合があります。",
        "Contracts. Rooms that were left are on the page Occupancy. The first and last week or month may be a part.",
    ),
    "moveouts_months_title": (
        "月別の契約終了、前年との比較(件)",
        "Contracts that end by month, with the year before (count)",
    ),
    "moveouts_type_title": ("契約終了: 契約区分別(件)", "Contracts that end, by tenant type (count)"),
    "moveout_reason_title": ("契約終了: 退去理由別(件)", "Contracts that end, by reason (count)"),
    "moveout_tenure_category_title": ("契約終了: 居住期間別(件)", "Contracts that end, by length of stay (count)"),
    "moveout_nationality_title": ("契約終了: 国籍別(件)", "Contracts that end, by nationality (count)"),
    "moveout_age_group_title": ("契約終了: 年齢別(件)", "Contracts that end, by age (count)"),
    "moveout_rent_range_title": ("契約終了: 月額賃料別(件)", "Contracts that end, by monthly rent (count)"),
    "notices_title": ("今後の退去予定、週別(件)", "Pending notices by the week of the move-out (count)"),
    "map_title": (
        "物件の位置と入居率(点の大きさは室数、色は入居率)",
        "Properties: size is rooms to let, colour is the occupancy rate (%)",
    ),
    "map_note": (
        "経度と緯度による散布図。地名は物件の中央の近くにあります。点に触れると物件名と市区町村が出ます。",
        "A scatter plot of longitude and latitude. A name stands near the middle of its properties, where there is room. "
        "Point at a dot to see its property and municipality.",
    ),
    "place_churn_title": (
        "市区町村別の入居・退去・純増減(件)",
        "Move-ins, move-outs and net by municipality (contracts)",
    ),
    "property_churn_title": ("物件別の入居・退去・純増減(件)", "Move-ins, move-outs and net by property (contracts)"),
    "rents_title": (
        "締結した契約の月額賃料の分布(5,000円ごとの件数)",
        "Monthly rent in signed contracts (count by ¥5,000)",
    ),
    "rents_time_title": ("締結した契約の賃料の推移(円/月)", "Rent in signed contracts (yen a month)"),
    "rents_place_title": ("市区町村別の賃料(円/月)", "Rent by municipality (yen a month)"),
    "kpis_title": ("平均賃料・RevPAR・RecPAR(円/月)", "Mean rent, RevPAR and RecPAR by day (yen a month)"),
    "kpis_note": (
        "平均賃料は、その日に入居していた部屋のその日の賃料の平均。"
        "RevPAR = 平均賃料 × 入居率(貸出可能な1室あたりの賃料)。RecPAR = RevPAR × 入金率(そのうち入金された分)。",
        "Mean rent: of the rooms occupied on the day, as of that day. RevPAR: rent for each room to let, mean rent × occupancy rate. "
        "RecPAR: the paid part of it, RevPAR × share of rent that is paid.",
    ),
    "month_ends_title": ("各月の最終日の指標(円/月、%)", "Key figures on each month's last day (yen a month, %)"),
    "month_ends_note": (
        "途中の月は、データのある最新の日の数値です。RevPARとRecPARの説明は上のグラフにあります。",
        "A month so far has the figures of the newest day with data. RevPAR and RecPAR are explained at the chart above.",
    ),
    "funnel_months_title": (
        "月別の問い合わせと、その後の入居(件)",
        "Inquiries by month, and those that became move-ins (count)",
    ),
    "funnel_months_note": (
        "元データの問い合わせは2023年までです。期間の選択は対象外で、最新の24か月を示します。",
        "The source has inquiries until 2023. The chosen days do not apply: these are the newest 24 months.",
    ),
    "funnel_place_title": ("市区町村別の問い合わせと入居(件)", "Inquiries and move-ins by municipality (count)"),
    "funnel_nation_title": ("国籍別の問い合わせと入居(件)", "Inquiries and move-ins by nationality (count)"),
    "funnel_type_title": ("契約区分別の問い合わせと入居(件)", "Inquiries and move-ins by tenant type (count)"),
}
