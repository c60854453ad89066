"""Taxonomy: instructions from the task's description alone, so that no prompt depends on an accepted row."""

from iftgen.methods.self_instruct import SelfInstruct


class TaxonomyMethod(SelfInstruct):
    """Zero-shot: what is asked for, its topic and its attributes, without any example."""

    name = "taxonomy"
    template = "taxonomy"
    few_shot = False
