"""Values of the data as people read them: the groups of macros/domain.py and codes."""

from __future__ import annotations

VALUES: dict[str, tuple[str, str]] = {
    "individual": ("個人", "Individual"),
    "corporate": ("法人", "Corporate"),
    "unknown": ("不明", "Unknown"),
    "Unknown": ("不明", "Unknown"),
    "Under 25": ("25歳未満", "Under 25"),
    "25-34": ("25〜34歳", "25–34"),
    "35-44": ("35〜44歳", "35–44"),
    "45-54": ("45〜54歳", "45–54"),
    "55+": ("55歳以上", "55 and over"),
    "Under 50K": ("5万円未満", "Under ¥50,000"),
    "50K-70K": ("5万〜7万円未満", "¥50,000–69,999"),
    "70K-100K": ("7万〜10万円未満", "¥70,000–99,999"),
    "100K-150K": ("10万〜15万円未満", "¥100,000–149,999"),
    "150K+": ("15万円以上", "¥150,000 and over"),
    "0-7": ("0〜7日", "0–7 days"),
    "8-30": ("8〜30日", "8–30 days"),
    "31-60": ("31〜60日", "31–60 days"),
    "61+": ("61日以上", "61 days and over"),
    "Short (<6mo)": ("6か月未満", "Under 6 months"),
    "Medium (6-12mo)": ("6〜12か月未満", "6–11 months"),
    "Long (1-2yr)": ("1〜2年未満", "1–2 years"),
    "Very Long (2yr+)": ("2年以上", "2 years and over"),
    "Yes": ("再契約", "Renewal"),
    "No": ("新規", "New contract"),
    "その他": ("その他", "Other"),
}
