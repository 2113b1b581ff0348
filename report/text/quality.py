"""Words of the section on the data itself."""

from __future__ import annotations

QUALITY: dict[str, tuple[str, str]] = {
    "data": ("データの取り込みと監査(技術情報)", "How the data came in (technical)"),
    "freshness": ("層ごとの鮮度", "Freshness by layer"),
    "layer": ("層", "Layer"),
    "models": ("モデル数", "Models"),
    "reaches": ("全モデルの到達日", "Every model reaches"),
    "behind": ("遅れているモデル", "Behind"),
    "none": ("該当なし", "none"),
    "calendar": ("日ごとの取り込み", "The calendar of days"),
    "calendar_note": (
        "D=ダンプ、S=入居者の日次ファイル、R=部屋と物件の日次ファイル。✓ 取込済、× 拒否、– 未着、w 免除",
        "D: dump, S: status snapshot, R: files of rooms. ✓ loaded, × rejected, – missing, w waived",
    ),
    "not_loaded": ("取り込まれなかった理由", "Why something was rejected"),
    "landed": ("取り込んだ行数", "Rows landed"),
    "dataset": ("データセット", "Dataset"),
    "days": ("日数", "Days"),
    "last_day": ("最終日", "Last day"),
    "row_count": ("行数", "Rows"),
    "landed_note": (
        "最新ダンプ: テーブル数 / ダンプの行数 / 取込行数",
        "Newest dump: tables / rows in it / rows landed",
    ),
    "audits": ("監査", "Audits"),
    "audits_declared": ("本番モデルの監査数", "audits on the models in prod"),
    "audits_passed": ("今回の実行で合格した監査", "passed in the run that this report follows"),
    "audits_note": (
        "監査に落ちたモデルは公開されず、日次処理は失敗します。",
        "A model that fails an audit is not shown, and the morning fails.",
    ),
    "changes": ("前回ダンプからの変更", "Changed since the dump before"),
    "table": ("テーブル", "Table"),
    "added": ("追加", "Added"),
    "removed": ("削除", "Removed"),
    "changed": ("変更", "Changed"),
    "nulled": ("NULL にした値", "Values nulled"),
    "column": ("列", "Column"),
    "reason": ("理由", "Reason"),
    "findings": ("データ契約(data_contract.yaml)の指摘", "Findings of the data contract"),
    "rule": ("規則", "Rule"),
    "outcome": ("結果", "Outcome"),
    "figure": ("値", "Figure"),
    "bound": ("基準", "Bound"),
    "footer": (
        "gold の表から作成。入居者の氏名は含みません。",
        "Made from the tables of gold. It holds no names of tenants.",
    ),
    "count": ("件数", "Count"),
}
